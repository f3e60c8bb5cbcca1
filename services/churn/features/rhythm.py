"""BG/NBD: how likely a tie with such a rhythm stays silent. Contacts come at a rate of their own until the tie ends.

Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24(2). x repeated days, the last of them t_x after the first, seen for a time T; rates r, alpha, a, b.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from services.churn.domain import Chances, Days

Rates = tuple[float, float, float, float]

USUAL: Rates = (0.5, 30.0, 0.8, 2.5)
HELD = 10.0  # ties of the usual kind that a fit is held by
EXTREME = 12.0


def log_likelihood(rates: Rates, repeats: Days, last: Days, seen: Days) -> Days:
    """Return the log-likelihood of each tie (equation 6 of the paper, in logarithms)."""
    r, alpha, a, b = rates
    start = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) + betaln(a, b + repeats) - betaln(a, b)
    alive = -(r + repeats) * np.log(alpha + seen)
    ended = np.log(a) - np.log(b + np.maximum(repeats, 1) - 1) - (r + repeats) * np.log(alpha + last)
    likelihood: Days = start + np.where(repeats > 0, np.logaddexp(alive, ended), alive)
    return likelihood


def fit(repeats: Days, last: Days, seen: Days, *, held: float = HELD) -> Rates:
    """Return the rates under which the ties are likeliest; few ties stay near the USUAL ones, as `held` says."""
    usual = np.log(USUAL)
    kinds, weight = np.unique(np.stack([repeats, last, seen]), axis=1, return_counts=True)

    def cost(logarithms: Days) -> float:
        rates: Rates = tuple(np.exp(np.clip(logarithms, -EXTREME, EXTREME)))
        likelihood = log_likelihood(rates, *kinds) @ weight
        return float(held * ((logarithms - usual) ** 2).sum() - likelihood) / (len(repeats) + 1)

    found = minimize(cost, usual, method="L-BFGS-B", options={"maxiter": 200})
    r, alpha, a, b = np.exp(np.clip(found.x, -EXTREME, EXTREME)).tolist()
    return r, alpha, a, b


def alive(rates: Rates, repeats: Days, last: Days, seen: Days) -> Chances:
    """Return the probability that each tie has not ended yet."""
    r, alpha, a, b = rates
    faded = (r + repeats) * (np.log(alpha + seen) - np.log(alpha + last))
    odds = np.log(a) - np.log(b + np.maximum(repeats, 1) - 1) + faded
    chance: Chances = np.where(repeats > 0, 1 / (1 + np.exp(np.minimum(odds, 700))), 1.0)
    return chance


def silence(rates: Rates, repeats: Days, last: Days, seen: Days, horizon_days: Days) -> Chances:
    """Return the probability of no contact within the horizon: ended already, or alive and quiet so long.

    A tie ends only right after a contact, so its rate given life is gamma-distributed: r + x, alpha + T.
    """
    r, alpha, _a, _b = rates
    living = alive(rates, repeats, last, seen)
    quiet = np.exp((r + repeats) * (np.log(alpha + seen) - np.log(alpha + seen + horizon_days)))
    chance: Chances = 1 - living * (1 - quiet)
    return chance
