"""Controls on top of takes: hands, feet, trunk and a face board, added to a character of ours and baked down again."""
