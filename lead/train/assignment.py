"""Least-cost assignment of a batch of cost matrices on their device, without waiting for it."""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor


@torch.no_grad()
def assign(cost_BMN: Tensor) -> Tensor:
    """Columns (B, M), distinct within a sample, that the rows of each matrix are assigned to at the least total cost.

    M must not exceed N. Costs that are no numbers count as 0: the loss made of them tells. On a CPU, where there is
    nothing to wait for, scipy finds the columns.
    """
    batch, rows, columns = cost_BMN.shape
    assert rows <= columns, f"{rows} rows cannot be assigned to {columns} columns"
    if cost_BMN.device.type == "cpu":
        found = [linear_sum_assignment(cost_MN.numpy())[1] for cost_MN in cost_BMN.float().nan_to_num()]
        return torch.from_numpy(np.stack(found)) if found else torch.zeros(0, rows, dtype=torch.long)
    return assign_on_device(cost_BMN)


@torch.no_grad()
def assign_on_device(cost_BMN: Tensor) -> Tensor:
    """`assign` without waiting for the device.

    The Hungarian algorithm with potentials (shortest augmenting paths): rows are added one by one, and adding row i
    takes at most i steps in any sample, so every sample takes exactly i, idle when done.
    """
    batch, rows, _ = cost_BMN.shape
    search = _Search(cost_BMN.float())
    for row in range(1, rows + 1):
        search.add(row)
    owner_BN = search.owner[:, 1:]
    where_BMN = owner_BN[:, None] == torch.arange(1, rows + 1, device=cost_BMN.device)[:, None]
    return where_BMN.int().argmax(2) if rows else owner_BN.new_zeros(batch, 0)


class _Search:
    """Rows and columns are counted from 1; column 0 holds the row that is being added, row 0 is nobody."""

    def __init__(self, cost_BMN: Tensor) -> None:
        batch, rows, columns = cost_BMN.shape
        self.cost = torch.nn.functional.pad(cost_BMN, (1, 0, 1, 0))
        self.row_potential = cost_BMN.new_zeros(batch, rows + 1)
        self.column_potential = cost_BMN.new_zeros(batch, columns + 1)
        self.owner = torch.zeros(batch, columns + 1, dtype=torch.long, device=cost_BMN.device)
        self.columns = torch.arange(columns + 1, device=cost_BMN.device)

    def add(self, row: int) -> None:
        """Assign one more row, along the shortest augmenting path."""
        self.owner[:, 0] = row
        here_B1 = torch.zeros_like(self.owner[:, :1])
        came_BN = torch.zeros_like(self.owner)  # the column before each on the path to it
        reached_BN = torch.full_like(self.column_potential, torch.inf)
        used_BN = torch.zeros_like(self.owner, dtype=torch.bool)
        for _ in range(row):
            row_B1 = self.owner.gather(1, here_B1)
            going_B1 = row_B1 > 0
            used_BN |= going_B1 & (self.columns == here_B1)
            cost_BN = self.cost.gather(1, row_B1[..., None].expand(-1, -1, len(self.columns))).squeeze(1)
            cost_BN = cost_BN - self.row_potential.gather(1, row_B1) - self.column_potential
            nearer_BN = going_B1 & ~used_BN & (cost_BN < reached_BN)
            reached_BN = torch.where(nearer_BN, cost_BN, reached_BN)
            came_BN = torch.where(nearer_BN, here_B1, came_BN)
            step_B1, next_B1 = reached_BN.masked_fill(used_BN, torch.inf).min(1, keepdim=True)
            here_B1 = torch.where(going_B1, next_B1, here_B1)
            step_BN = torch.where(going_B1, step_B1, 0.0) * used_BN
            self.row_potential.scatter_add_(1, self.owner, step_BN)
            self.column_potential -= step_BN
            reached_BN = torch.where(going_B1 & ~used_BN, reached_BN - step_B1, reached_BN)
        for _ in range(row):
            before_B1 = came_BN.gather(1, here_B1)
            self.owner.scatter_(1, here_B1, self.owner.gather(1, before_B1))
            here_B1 = before_B1
