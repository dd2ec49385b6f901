"""What each night of the soak is to suffer, drawn from a seed."""
import dataclasses
import random

DAY, TEN_MINUTES = 86_400, 600
QUIET, FAULTS, KILLS, SHORT, UNREADABLE = "quiet", "faults", "kill -9", "short list", "unreadable elements"
# Seconds by which this machine's clock is ahead of the night. The small steps are from the night before. Three days are
# some minutes more, or a night three days later would begin at the very moment that a wrong clock has shown before.
RIGHT, AHEAD, BEHIND, ON, BACK = 0, 3 * DAY + 420, -3 * DAY - 420, TEN_MINUTES - DAY, -TEN_MINUTES - DAY
CLOCKS = {RIGHT: "right", AHEAD: "3 days ahead", BEHIND: "3 days behind", ON: "10 minutes after the last run",
          BACK: "10 minutes before the last run"}


@dataclasses.dataclass(frozen=True)
class Night:
    number: int
    trouble: str = QUIET
    clock: int = RIGHT
    # Whether Apple's clock agrees with this machine's, so that what is signed is accepted.
    is_signed_well: bool = True
    # How often the run is killed, and whether another one then goes to its end.
    kills: int = 0
    ends: bool = True
    # The share of the devices that the list lacks, and whether somebody accepts that they are gone.
    lacking: float = 0
    is_accepted: bool = False
    # Of what the lists lack, and of the elements that cannot be read.
    seed: int = 0
    # Seconds by which the clock has moved when axport runs once more in the same night; None where it does not.
    again: int | None = None

    def __str__(self):
        also = [f"killed {self.kills} times"] * bool(self.kills) + ["not run again"] * (not self.ends) + \
            [f"lacking {self.lacking:.0%}"] * bool(self.lacking) + ["accepted"] * self.is_accepted + \
            ["refused for its clock"] * (not self.is_signed_well)
        return f"{self.number}: " + ", ".join([self.trouble, f"clock {CLOCKS[self.clock]}", *also])

    @property
    def is_harmless(self):
        """Whether nothing keeps a run from ending with 0."""
        return self.trouble in (QUIET, KILLS) and self.ends and (self.clock == RIGHT or self.is_signed_well)


def script(nights, seed):
    """The first night is ahead of its time; every trouble then comes once early on, and after that as it is drawn."""
    draw = random.Random(seed)
    first = [
        Night(0, clock=AHEAD), Night(0), Night(0, SHORT, lacking=0.2), Night(0, SHORT, lacking=0.2, is_accepted=True),
        Night(0, clock=BEHIND), Night(0, KILLS, kills=2), Night(0, FAULTS), Night(0, UNREADABLE, seed=1),
        Night(0, UNREADABLE, seed=2), Night(0), Night(0, clock=BACK), Night(0, again=-TEN_MINUTES),
        Night(0, clock=AHEAD), Night(0)]
    number = 1
    while number <= nights:
        for night in [first.pop(0)] if first else list(episode(draw)):
            if number <= nights:
                yield dataclasses.replace(night, number=number)
                number += 1


def episode(draw):
    """One night, or several in which the list lacks the same share of the devices."""
    def clock():
        return draw.choices(list(CLOCKS), [60, 10, 10, 10, 10])[0]

    seed = draw.getrandbits(32)
    trouble = draw.choices([QUIET, FAULTS, KILLS, SHORT, UNREADABLE], [40, 22, 20, 8, 10])[0]
    if trouble != SHORT:
        is_killed = trouble == KILLS
        at = clock()
        yield Night(0, trouble, at, seed=seed, is_signed_well=at == RIGHT or draw.random() < 0.75,
                    kills=draw.randint(1, 3) if is_killed else 0, ends=not is_killed or draw.random() < 0.7,
                    again=draw.choice([None, None, 0, -TEN_MINUTES]) if trouble == QUIET else None)
        return
    # More than the guard lets go; some must stay.
    lacking, length, is_accepted = draw.uniform(0.15, 0.4), draw.randint(1, 4), draw.random() < 0.5
    for night in range(length):
        yield Night(0, SHORT, clock(), seed=seed, lacking=lacking, is_accepted=is_accepted and night == length - 1)
    # The list is whole again.
    yield Night(0)
