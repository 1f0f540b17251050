"""The closed forms equal fitting again without the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.language.ridge import fit_ridge, solve_and_leave_one_out


@pytest.fixture
def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(40, 12)).astype(np.float32)
    targets = rng.normal(size=(40, 3)).astype(np.float32)
    return (rows @ rows.T).astype(np.float32), targets


def test_leaving_one_out_equals_fitting_without_it(problem: tuple[np.ndarray, np.ndarray]) -> None:
    kernel, targets = problem
    without = fit_ridge(kernel[1:, 1:], targets[1:])

    assert fit_ridge(kernel, targets).leave_one_out()[0] == pytest.approx(kernel[0, 1:] @ without.alpha, abs=1e-3)


def test_leaving_a_group_out_equals_fitting_without_it(problem: tuple[np.ndarray, np.ndarray]) -> None:
    kernel, targets = problem
    without = fit_ridge(kernel[5:, 5:], targets[5:])
    predicted = fit_ridge(kernel, targets).leave_group_out(range(5))

    assert predicted == pytest.approx(kernel[:5, 5:] @ without.alpha, abs=1e-3)


def test_without_the_inverse_it_gives_the_same(problem: tuple[np.ndarray, np.ndarray]) -> None:
    kernel, targets = problem
    fitted = fit_ridge(kernel, targets)

    alpha, left_out = solve_and_leave_one_out(kernel.copy(), targets)

    assert alpha == pytest.approx(fitted.alpha, abs=1e-4)
    assert left_out == pytest.approx(fitted.leave_one_out(), abs=1e-3)
    assert fitted.inverse == pytest.approx(fitted.inverse.T)


@pytest.mark.parametrize("solve", [fit_ridge, solve_and_leave_one_out])
def test_a_kernel_that_is_none_is_refused(solve: Any, problem: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="positive semi-definite"):
        solve(-problem[0], problem[1])
