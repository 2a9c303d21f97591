"""What the benches search for."""

import random

from commands.seed import plan


def queries(number: int = 50, *, seed: int = plan.SEED) -> tuple[list[str], list[str]]:
    """Return searches of one word and of two: the single words spread from rare to common, the pairs both common.

    A word's share of tickets follows from its weight: about 67 words make a title and description.
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    words, total = plan.build_vocabulary(rng), sum(plan.WEIGHTS)
    shares = [1 - (1 - weight / total) ** 67 for weight in plan.WEIGHTS]
    usual = [w for w, share in zip(words, shares, strict=True) if 0.0005 <= share <= 0.10]
    common = [w for w, share in zip(words, shares, strict=True) if 0.01 <= share <= 0.10]
    single = [usual[i * (len(usual) - 1) // (number - 1)] for i in range(number)]
    return single, [" ".join(rng.sample(common, 2)) for _ in range(number)]
