"""``soliloquy batch``: a performance for every recording of a folder or row of a CSV, each made once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..inference.errors import BadAudio, Cancelled, NotSaved, SoliloquyError
from ..inference.saving import not_saved
from ..inference.user_folders import given_path
from . import animate
from .batch_cluster import Cluster
from .batch_jobs import Job, Ledger
from .batch_page import PageRow, write_page
from .batch_pictures import draw_pictures
from .batch_record import FILE, BatchRecord
from .batch_rows import Row, read_rows
from .blender_process import add_blender_option
from .execution import Execution
from .terminal import EXIT_CANCELLED, EXIT_INTERNAL, check_output, show

EPILOG = f"""\
examples:
  soliloquy batch recordings --output performances --emotion happy --intensity 0.4
  soliloquy batch lines.csv --output performances --report performances/report.html
  soliloquy batch recordings --output performances --address 10.0.0.5:6379

A CSV has a row for each recording. Its first row names the columns: 'audio' (from the CSV's folder), 'output' if the
performance shall not be named after the recording, and any option from here on without its dashes, such as emotion,
seed, style, transcript; an empty cell means what the command says.

Say the same again to go on after a stop or an error: what is done and would come out the same is passed over. The
folder's '{FILE}' knows it. Exit code 0: all is there; 1: some failed."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "batch",
        help="turn many recordings into performances, going on after errors and stops",
        description="Turns every recording of a folder, or of a CSV's rows, into a performance. The engines are loaded "
        "once.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source", metavar="DIR|CSV", help="a folder with recordings (not those in folders in it), or a CSV"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="FOLDER", help="where performances go; made if missing"
    )
    parser.add_argument(
        "--report", metavar="FILE", help="also write an .html list: picture, name, length, state, message"
    )
    parser.add_argument(
        "--no-pictures", dest="pictures", action="store_false", help="no pictures in the report, which need Blender"
    )
    add_blender_option(parser)
    animate.add_place(parser)
    parser.add_argument(
        "--address", metavar="ADDRESS",
        help="run on the machines of a Ray cluster: HOST:PORT, auto, or local for the processors of this machine",
    )  # fmt: skip
    animate.add_direction(parser)
    # What a row may say: the same options once more, by themselves.
    rows = type(parser)(prog=parser.prog, add_help=False, allow_abbrev=False)
    animate.add_direction(rows)
    parser.set_defaults(run=run, row_options=rows, keep=None, range=None, joints=None, plan=None, only_pinned=None)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.address and (arguments.worker or arguments.python):
        raise SoliloquyError("--address chooses where it runs.", "Leave --worker and --python out.")
    rows = read_rows(arguments.source, arguments.row_options)
    folder = given_path(arguments.output).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotSaved(f"The output '{arguments.output}' is a file.", "Give a folder.") from error
    except OSError as error:
        raise not_saved(folder, error) from error
    check_output(folder / FILE, what="record of the batch")
    page = check_output(arguments.report, suffix=".html .htm", what="report") if arguments.report else None
    record = BatchRecord(folder)
    jobs = _jobs(rows, folder, arguments)
    ledger = Ledger(folder, record, jobs)
    ended = False
    try:
        if arguments.address:
            with Cluster(arguments.address) as cluster:
                cluster.perform(ledger)
        else:
            _perform_here(ledger, arguments)
        ended = True
    except (KeyboardInterrupt, Cancelled):
        show(f"cancelled; {ledger.count()}. The same command goes on from here.")
        return EXIT_CANCELLED
    finally:
        if page is not None:
            # Whoever stops a batch wants no pictures before it stops.
            pictures = _pictures(page, jobs, folder, arguments) if arguments.pictures and ended else {}
            rows = [
                PageRow(job.name, job.duration, job.state, job.message, pictures.get(job.sha256, "")) for job in jobs
            ]
            write_page(page, rows)
    print(ledger.count(), flush=True)
    return EXIT_INTERNAL if any(job.state == "failed" for job in jobs) else 0


def _jobs(rows: list[Row], folder: Path, arguments: argparse.Namespace) -> list[Job]:
    """Return a job for each take of each row; raises what is wrong with all rows alike."""
    jobs: list[Job] = []
    taken: dict[str, str] = {}
    errors: list[SoliloquyError] = []
    for row in rows:
        name = row.place
        try:
            name = row.target()
            if not row.audio:
                raise BadAudio("There is no audio in this row.", "Name the recording.")
            chosen = row.chosen(arguments, arguments.row_options)
            chosen.audio, chosen.output = row.audio, str(folder / name)
            orders = animate.build_orders(chosen)
            for order in orders:
                # Letters' case does not tell files apart everywhere.
                key = Path(order.output).name.casefold()
                if taken.setdefault(key, row.place) is not row.place:
                    raise NotSaved(
                        f"'{Path(order.output).name}' is also the performance of {taken[key]}.",
                        "Name another one under 'output', or rename the recording.",
                    )
            jobs += [Job(Path(order.output).name, row.audio, order) for order in orders]
        except SoliloquyError as error:
            errors.append(error)
            where = "" if name == row.place else f"{row.place}: "
            jobs.append(Job(name if row.audio else row.place, row.audio, None, message=f"{where}{error}"))
    if len(errors) == len(rows) and len({str(error) for error in errors}) == 1:
        raise errors[0]
    return jobs


def _perform_here(ledger: Ledger, arguments: argparse.Namespace) -> None:
    """Take the jobs through their steps one after the other."""
    with Execution(arguments.worker, arguments.python) as execution:
        for job in ledger.jobs:
            order = ledger.begin(job)
            if order is None:
                continue
            try:
                result = execution.run(order, ledger.lead(job))
            except Exception as error:
                ledger.fail(job, error)
            else:
                ledger.finish(job, result)


def _pictures(page: Path, jobs: list[Job], folder: Path, arguments: argparse.Namespace) -> dict[str, str]:
    """Return the pictures of what is there; where they cannot be drawn it is said, and the report goes without."""
    there = {job.sha256: folder / job.name for job in jobs if job.sha256}
    if not there:
        return {}
    try:
        return draw_pictures(page, there, arguments.blender)
    except SoliloquyError as error:
        show(f"the report has no pictures: {error} Or say --no-pictures.")
        return {}
