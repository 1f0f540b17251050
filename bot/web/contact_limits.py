"""How often messages may be sent: a wide allowance for one address, and one for all of them together.

A clinic, a school or a phone network often has one address for everybody, so the allowance of an address is generous.
Addresses that belong to no network of their own (this machine, a private network, a proxy that was not configured) hide
who stands behind them, so only the common allowance counts there. Nothing is written down: addresses are forgotten when
their allowance is full again.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.web.senders import subject_of

MOST_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and then one more every `refill_s` seconds."""

    burst: int
    refill_s: float


EACH = Allowance(30, 30.0)  # 120 an hour and address, and 30 at once
KIOSK = Allowance(6, 120.0)  # one tablet, one visitor at a time
TOGETHER = Allowance(5_000, 0.1)


class Limits:
    """Token buckets in memory, for this process. `clock` gives seconds."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        each: Allowance = EACH,
        kiosk: Allowance = KIOSK,
        together: Allowance = TOGETHER,
    ) -> None:
        self._clock = clock
        self._each, self._kiosk, self._together = each, kiosk, together
        self._used: dict[str, tuple[float, float]] = {}  # by whom: how many are used up, and as of when
        self._lock = threading.Lock()

    def take(self, address: str | None, channel: str) -> float:
        """0.0 when one more may be sent, which counts; else how many seconds to wait."""
        network = _network(address)
        kiosk = channel == "kiosk"
        asked = [("", self._together)]
        if kiosk:
            asked.append((f"kiosk {network or address}", self._kiosk))
        elif network:
            asked.append((network, self._each))
        with self._lock:
            now = self._clock()
            used = [(key, allowance, self._used_by(key, allowance, now)) for key, allowance in asked]
            wait = max(allowance.refill_s * (left + 1 - allowance.burst) for _, allowance, left in used)
            if wait > 0:
                return wait
            for key, _, left in used:
                self._used[key] = (left + 1, now)
            if len(self._used) > MOST_ADDRESSES:
                self._forget(now)
            return 0.0

    def _used_by(self, key: str, allowance: Allowance, now: float) -> float:
        used, at = self._used.get(key, (0.0, now))
        return max(0.0, used - (now - at) / allowance.refill_s)

    def _forget(self, now: float) -> None:
        """Those whose allowance is full again; and when that does not help, those that used least of theirs."""
        slowest = max(self._each.refill_s, self._kiosk.refill_s)
        left = {key: (used, at) for key, (used, at) in self._used.items() if used * slowest > now - at}
        most = sorted(left, key=lambda key: -left[key][0])[: MOST_ADDRESSES // 2]
        self._used = {key: left[key] for key in most}


def _network(address: str | None) -> str:
    """What counts as one sender: an address, or the /64 that an IPv6 customer has whole; "" where that is unknown."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if parsed.is_private or parsed.is_loopback or parsed.is_link_local:
        return ""
    return subject_of(str(parsed))
