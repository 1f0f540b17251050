"""The closed forms equal fitting again without the rows."""

from __future__ import annotations

import numpy as np
import pytest

from bot.language.ridge import fit_ridge


@pytest.fixture
def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(40, 12)).astype(np.float32)
    targets = rng.normal(size=(40, 3)).astype(np.float32)
    return (rows @ rows.T).astype(np.float32), targets


def test_leaving_one_out_equals_fitting_without_it(problem: tuple[np.ndarray, np.ndarray]) -> None:
    kernel, targets = problem
    without = fit_ridge(kernel[1:, 1:], targets[1:])

    assert fit_ridge(kernel.copy(), targets).leave_one_out()[0] == pytest.approx(
        kernel[0, 1:] @ without.alpha, abs=1e-3
    )


def test_leaving_a_group_out_equals_fitting_without_it(problem: tuple[np.ndarray, np.ndarray]) -> None:
    kernel, targets = problem
    without = fit_ridge(kernel[5:, 5:], targets[5:])
    predicted = fit_ridge(kernel.copy(), targets).leave_group_out(range(5))

    assert predicted == pytest.approx(kernel[:5, 5:] @ without.alpha, abs=1e-3)


def test_a_group_is_left_out_wherever_its_rows_stand(problem: tuple[np.ndarray, np.ndarray]) -> None:
    kernel, targets = problem
    apart = np.array([3, 17, 31])
    kept = np.setdiff1d(np.arange(40), apart)
    without = fit_ridge(kernel[np.ix_(kept, kept)], targets[kept])

    predicted = fit_ridge(kernel.copy(), targets).leave_group_out(apart)

    assert predicted == pytest.approx(kernel[np.ix_(apart, kept)] @ without.alpha, abs=1e-3)


def test_a_kernel_that_is_none_is_refused(problem: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="positive semi-definite"):
        fit_ridge(-problem[0], problem[1])
