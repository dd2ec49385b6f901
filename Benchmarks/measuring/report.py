"""What a part of the benchmark found: tables, and targets with what was measured; as text and as Markdown."""
import os
import re
import sys
import textwrap
import traceback

# The folder of the benchmarks.
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AXPORT = ".build/release/axport"
LOAD = "load", "step", "wall s", "spread", "CPU s", "peak MB", "rows/s", "runs"


def written(value):
    """A cell: numbers with as many digits as they deserve."""
    if value is None:
        return "·"
    if isinstance(value, tuple):
        return "–".join(map(written, value))
    if isinstance(value, float):
        digits = next((digits for limit, digits in ((1000, 0), (100, 1), (0.1, 2)) if abs(value) >= limit), 3)
        return f"{value:,.{digits}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


class Table:
    def __init__(self, title, *heads, note=""):
        self.title, self.heads, self.note, self.rows = title, heads, note, []

    def add(self, *cells):
        self.rows.append([written(cell) for cell in cells])
        print("    " + "  ".join(cell for cell in self.rows[-1] if cell), file=sys.stderr, flush=True)

    def add_load(self, name, step, cost, rows, *measures):
        """What a load of so many rows costs, under the heads `LOAD`, and how many times as long as each measure it takes."""
        self.add(name, step, cost.seconds, cost.spread, cost.cpu, cost.peak, rows / cost.seconds, cost.runs,
                 *(cost.seconds / measure.seconds for measure in measures))

    def text(self):
        lines = [self.heads, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.heads))]
        left = self.left()
        notes = textwrap.wrap(self.note, 125)
        return "\n".join([self.title, *(
            "  ".join(cell.ljust(width) if column in left else cell.rjust(width)
                      for column, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines),
            *notes])

    def left(self):
        """Columns of words; those of figures stand at the right."""
        return {column for column in range(len(self.heads))
                if not all(re.fullmatch(r"-?[\d,.]+(–[\d,.]+)?|·", row[column]) for row in self.rows)} | {0}

    def markdown(self):
        left = self.left()
        rule = ["---" if column in left else "---:" for column in range(len(self.heads))]
        cells = [[cell.replace("|", "\\|") for cell in line] for line in (self.heads, rule, *self.rows)]
        lines = [f"| {' | '.join(line)} |" for line in cells]
        return "\n".join([f"**{self.title}**", "", *lines, *(["", self.note] if self.note else [])])


def cause(error):
    """The line of a message that names the error: the last that has the word, or else the last."""
    lines = str(error).strip().splitlines() or [""]
    return next((line for line in reversed(lines) if re.search("[Ee]rror", line)), lines[-1]).strip()


class Section:
    def __init__(self, letter, title):
        self.letter, self.title, self.tables, self.targets, self.failures = letter, title, [], [], []

    def table(self, title, *heads, note=""):
        self.tables.append(Table(title, *heads, note=note))
        return self.tables[-1]

    def target(self, text, measured, met):
        self.targets.append((text, measured, met))

    def at_most(self, text, value, limit, unit=""):
        """A target that is a limit; says by how much it is missed."""
        self.target(text, f"{written(value)}{unit}",
                    "met" if value <= limit else f"missed by {(value / limit - 1) * 100:.0f} %")

    def at_least(self, text, value, limit, unit=""):
        self.target(text, f"{written(value)}{unit}",
                    "met" if value >= limit else f"missed by {(1 - value / limit) * 100:.0f} %")

    def attempt(self, measuring, *arguments):
        """A part that fails leaves what the others found."""
        try:
            return measuring(self, *arguments)
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            self.failures.append(f"{type(error).__name__}: {cause(error)}"[:300])
            return None

    def text(self):
        lines = [f"{self.letter}. {self.title}", *("\n" + table.text() for table in self.tables)]
        lines += [f"\n{met}: {text}: {measured}" for text, measured, met in self.targets]
        return "\n".join(lines + [f"\nFAILED: {failure}" for failure in self.failures])


def targets_table(sections):
    table = Table("Targets", "section", "target", "measured", "result")
    table.rows = [[section.letter, *target] for section in sections for target in section.targets]
    return table


def alone(measure):
    """A part by itself: `Benchmarks/NAME.py [AXPORT] [SIZE…]`. Exits with 1 when it fails or misses a target."""
    axport = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else AXPORT)
    section = measure(axport, *map(int, sys.argv[2:]))
    print(section.text())
    sys.exit(1 if section.failures or any(met != "met" for *_, met in section.targets) else 0)
