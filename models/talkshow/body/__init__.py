"""TalkSHOW's body: two vector-quantised motion codes, and a gated autoregressive model that draws them from speech."""
