"""Skins over a `BodyShape`: sides with open wheel arches, hood, deck and glasshouse, wheel wells and doors."""

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge
from lead.rendering.models.skins import Points, Side, both, decal, inside_out, strip
from lead.rendering.models.vehicle_shape import EDGE, Arch, BodyShape

BEND = 0.004  # m; less is straight
SEAM = 0.008  # m, half the gap around doors
DOOR_LIFT = 0.005  # m, how far doors stand out of the body


class Body:
    """The skins of a body, right half unless said otherwise."""

    def __init__(self, shape: BodyShape) -> None:
        self.shape = shape
        cuts = {shape.hinge, shape.pillars[0]} if shape.doors else set()
        if shape.doors == 4:
            cuts.add(shape.door_end)
        feet = {x for arch in shape.arches for x in arch[::2]}
        nose, tail = shape.ends()
        self.sides = sorted(cuts | feet, reverse=True)  # x of the stations on the side
        levels = range(4)
        self.stations = [[shape.end(level, *at) for level in levels] for at in nose]
        self.stations += [[shape.side(level, x) for level in levels] for x in self.sides]
        self.stations += [[shape.end(level, *at) for level in levels] for at in reversed(tail)]
        self.first = len(nose)

    def sides_skin(self) -> Mesh:
        """Everything below the belt."""
        s, meshes = self.shape, []
        for k, (ahead, behind) in enumerate(zip(self.stations, self.stations[1:], strict=False)):
            arch = self._arch_behind(k)
            if arch:
                meshes += self._arched(arch, ahead, behind)
                continue
            kinds = self._door_kinds() if self._in_door(k) else (s.lower, s.middle, s.upper)
            for level in (0, 1):
                meshes.append(strip([ahead[level], behind[level]], [ahead[level + 1], behind[level + 1]], kinds[level]))
            meshes.append(self._below_belt([ahead[2], behind[2]], ahead[3], behind[3], kinds[2]))
        return merge(*meshes)

    def _arch_behind(self, k: int) -> Arch | None:
        """The arch whose front foot is station k."""
        x = self.sides[k - self.first] if self.first <= k < self.first + len(self.sides) else None
        return next((arch for arch in self.shape.arches if arch[0] == x), None)

    def _in_door(self, k: int) -> bool:
        s = self.shape
        if not s.doors or not self.first <= k < self.first + len(self.sides) - 1:
            return False
        last = s.door_end if s.doors == 4 else s.pillars[0]
        return s.hinge >= self.sides[k - self.first] > last

    def _door_kinds(self) -> tuple[Material, Material, Material]:
        return (Material.TRIM,) * 3 if self.shape.moving_doors else self._door_panels()

    def _door_panels(self) -> tuple[Material, Material, Material]:
        s = self.shape
        return (s.lower, s.door or s.middle, s.door or s.upper)

    def _arched(self, arch: Arch, ahead: list[Points], behind: list[Points]) -> list[Mesh]:
        s = self.shape
        top, belt = s.side(2, arch[1]), s.side(3, arch[1])
        door = s.doors == 4 and s.door_end == arch[0]
        above = [ahead[1], ahead[2], top, behind[2], behind[1]]
        return [
            strip(s.arch_edge(arch[1]), above, s.middle),
            self._below_belt([ahead[2], top], ahead[3], belt, self._door_kinds()[2] if door else s.upper),
            self._below_belt([top, behind[2]], belt, behind[3], s.upper),
        ]

    def _below_belt(self, crease: list[Points], start: Points, end: Points, material: Material) -> Mesh:
        """From the crease to the belt, which also has points where the glasshouse starts and ends."""
        s = self.shape
        extra = [s.belt_at(x) for x in (s.screen[0], s.back[1]) if end[0] + 0.01 < x < start[0] - 0.01]
        return strip(crease, [start, *extra, end], material)

    def _belt(self, ends: list[list[Points]], foot: float, forward: float) -> list[Points]:
        """Belt points between the middle of an end and the foot of its screen, from the end."""
        s = self.shape
        sides = [x for x in (*self.sides, *s.axles) if forward * (x - foot) > 0.01]
        tips = [at[3] for at in ends[1:] if forward * (at[3][0] - foot) > 0.01]
        return tips + [s.side(3, x) for x in sorted(sides, reverse=forward > 0.0)]

    def decks_skin(self) -> Mesh:
        """Hood and rear deck."""
        s = self.shape
        front = self._deck(self.stations[: self.first], s.screen[0], s.bow[0], 1.0)
        rear = self._deck(self.stations[: -len(s.tail) - 2 : -1], s.back[1], s.bow[1], -1.0)
        return merge(
            strip(*front[:2], s.hood), strip(*front[1:], s.hood), strip(*rear[:2], s.deck), strip(*rear[1:], s.deck)
        )

    def _deck(
        self, ends: list[list[Points]], base: float, bow: float, forward: float
    ) -> tuple[list[Points], list[Points], list[Points]]:
        """Chains (edge, inner line, middle line) between an end of the body and the base of its screen."""
        s = self.shape
        foot = s.belt_at(base)
        tip, corner = ends[0][3], ends[1][3]
        edge = [tip, *self._belt(ends, base, forward), foot]
        rim = foot + [0.35 * forward * bow, -EDGE, 0.7 * s.crown]
        inner = [tip, corner + [-0.02 * forward, 0.0, 0.3 * s.crown], rim]
        if forward * (corner[0] - base) < 0.05:  # the screen starts at the corner
            del inner[1]
        middle = [tip, np.array([base + forward * bow, 0.0, foot[2] + s.crown])]
        if forward < 0.0:
            return edge[::-1], inner[::-1], middle[::-1]
        return edge, inner, middle

    def house_skin(self) -> Mesh:
        """Pillars, windows and roof."""
        s = self.shape
        base, header, screen, rail = s.house_rings()
        meshes = []
        for k in range(7):
            top = header if 2 <= k <= 4 else screen
            if k == 2 and s.moving_doors and s.quarter_light > 0.0:
                sill, head = (self._ahead_of_door(ring) for ring in (base, header))
                meshes.append(strip(self._foot(*sill), head, Material.WINDOW))
                sill, head = (self._beside_door(ring, 2) for ring in (base, header))
                meshes.append(strip(self._foot(*sill), head, Material.TRIM))
            else:
                meshes.append(strip(self._foot(base[k], base[k + 1]), top[k : k + 2], self._panel(k)))
            meshes.append(strip(top[k : k + 2], rail[k : k + 2], s.house if k in (0, 6) else s.pillar))
        inner = [rail[1], *(np.array([p[0], p[1] - EDGE, s.roof_height(p[0]) - 0.012]) for p in rail[3:5]), rail[6]]
        spine = [rail[0], *(np.array([p[0], 0.0, s.roof_height(p[0])]) for p in rail[3:5]), rail[7]]
        return merge(*meshes, strip(rail[2:6], inner, s.house), strip(inner, spine, s.house))

    def _beside_door(self, ring: Points, column: int) -> Points:
        """The two points of a ring of the glasshouse between which a door's window is."""
        share = self.shape.quarter_light if column == 2 else 0.0
        return np.array([ring[column] + share * (ring[column + 1] - ring[column]), ring[column + 1]])

    def _ahead_of_door(self, ring: Points) -> Points:
        return np.array([ring[2], self._beside_door(ring, 2)[0]])

    def _foot(self, start: Points, end: Points) -> list[Points]:
        """Chain along the belt between two points of the glasshouse's base, with the bends between."""
        belt = [station[3] for station in self.stations] + [self.shape.side(3, x) for x in self.shape.axles]
        between = sorted(
            (p for p in belt if end[0] + 0.01 < p[0] < start[0] - 0.01 and p[1] > 0.0), key=lambda p: -p[0]
        )
        away = [np.linalg.norm(np.cross(p - start, end - start)) / np.linalg.norm(end - start) for p in between]
        return [start, *(p for p, distance in zip(between, away, strict=True) if distance > BEND), end]

    def _panel(self, k: int) -> Material:
        s = self.shape
        if k in (1, 5):
            return s.pillar
        if k in (0, 6):
            return Material.WINDOW if s.screens[0 if k == 0 else 1] == "G" else s.house
        if s.moving_doors and k - 1 <= s.doors // 2:
            return Material.TRIM
        return Material.WINDOW if s.glass[k - 2] == "G" else s.pillar

    def wells(self) -> Mesh:
        """Dark linings of the arches, undersides of the sills, and the floor between the wheels; both sides."""
        s = self.shape
        inner = s.half_width - s.wheel_width - 0.08
        ends = (s.side(0, self.sides[0]), s.side(0, self.sides[-1]))
        outer = np.array([ends[0], *np.concatenate([s.arch_edge(x) for x in s.axles]), ends[1]])
        meshes = [strip(outer * [1.0, 0.0, 1.0] + [0.0, inner, 0.0], outer, Material.TRIM)]
        front, rear = min(s.arches[0][0] + 0.1, s.front - 0.06), max(s.arches[-1][2] - 0.1, s.rear + 0.06)
        corners = [(front, 0.0), (front, 0.7 * inner), (front - 0.15, inner)]
        corners += [(rear + 0.15, inner), (rear, 0.7 * inner), (rear, 0.0)]
        bottom, top = (np.array([[x, y, z] for x, y in corners]) for z in (min(s.edge) - 0.03, s.hub + s.arch))
        meshes.append(strip(bottom, top, Material.TRIM))
        meshes.append(strip(bottom[[0, 5]], bottom[1:5], Material.TRIM))
        return both(*meshes)

    def doors(self) -> list[tuple[Mesh, Points]]:
        """Right doors (outer skin and inner lining) in the actor's frame with their hinges, front door first."""
        s = self.shape
        rings = s.house_rings()
        spans = [(s.hinge, s.pillars[0], 2), (s.pillars[0], s.door_end, 3)][: s.doors // 2]
        doors = []
        for front, back, column in spans:
            skin, lining = self._door(front, back, column, (rings[0], rings[1], rings[3]))
            doors.append((merge(skin.moved(y=DOOR_LIFT), lining.moved(y=-0.02)), s.side(1, front)))
        return doors

    def _door(self, front: float, back: float, column: int, rings: tuple[Points, Points, Points]) -> tuple[Mesh, Mesh]:
        """Outer skin and inner lining of one door; column: of its window in the rings base, header and roof edge."""
        s = self.shape
        kinds = self._door_panels()
        ahead = [s.side(level, front - SEAM) for level in range(4)]
        behind = [s.side(level, back + (SEAM if column == 2 else 0.0)) for level in range(4)]
        ahead[0][2] += 0.02
        behind[0][2] += 0.02
        base, header, rail = (_shrunk(*self._beside_door(ring, column), SEAM) for ring in rings)
        window = strip(self._foot(*base), header, Material.WINDOW if s.glass[column - 2] == "G" else s.pillar)
        skin = [strip([ahead[k], behind[k]], [ahead[k + 1], behind[k + 1]], kinds[k]) for k in range(3)]
        skin += [window, strip(header, rail, s.pillar)]
        xs = [x for x in s.mullions if base[1][0] < x < base[0][0]]
        skin += self._mullions(xs, rings[0], rings[1], slice(column, column + 1))
        lining = [strip([ahead[0], behind[0]], [ahead[3], behind[3]], Material.SEAT)]
        lining.append(strip(base, rail, Material.WINDOW))
        if column == 3 and s.door_end == s.arches[-1][0]:
            last = [s.side(level, s.axles[-1] + SEAM) for level in (2, 3)]
            skin.append(strip([behind[2], last[0]], [behind[3], last[1]], kinds[2]))
            lining.append(strip([behind[2], last[0]], [behind[3], last[1]], Material.SEAT))
        return merge(*skin), inside_out(merge(*lining))

    def seams(self) -> Mesh:
        """Dark gaps around doors that do not open."""
        s, meshes = self.shape, []
        for x in (s.hinge, s.pillars[0]) if s.doors and not s.moving_doors else ():
            chain = np.array([s.side(level, x) for level in range(4)]) + [0.0, 0.004, 0.0]
            ahead, behind = chain + [SEAM, 0.0, 0.0], chain - [SEAM, 0.0, 0.0]
            meshes += [strip([ahead[k], behind[k]], [ahead[k + 1], behind[k + 1]], Material.TRIM) for k in range(3)]
        base, header, _, _ = s.house_rings()
        if s.glass.startswith("GG") and not s.moving_doors:
            low, high = (np.array([ring[3] + [d, 0.006, 0.0] for d in (0.035, -0.035)]) for ring in (base, header))
            meshes.append(strip(low, high, Material.TRIM))
        moving = (s.pillars[s.doors // 2 - 1], s.hinge) if s.moving_doors and s.doors else (0.0, 0.0)
        fixed = [x for x in s.mullions if not moving[0] < x < moving[1]]
        return merge(*meshes, *self._mullions(fixed, base, header, slice(2, 5)))

    def _mullions(self, xs: list[float], base: Points, header: Points, columns: slice) -> list[Mesh]:
        """Upright strips at x across the side windows in some columns of the glasshouse."""
        windows = [
            strip(self._foot(base[k], base[k + 1]), header[k : k + 2], Material.WINDOW) for k in range(8)[columns]
        ]
        top = float(header[2:6, 2].max())
        outlines = [[(x + d, z) for d, z in ((0.04, 0.0), (0.04, top), (-0.04, top), (-0.04, 0.0))] for x in xs]
        return [decal(merge(*windows), outline, Side.RIGHT, self.shape.pillar, 0.007) for outline in outlines]


def _shrunk(start: Points, end: Points, gap: float) -> Points:
    direction = (end - start) / max(np.linalg.norm(end - start), 1e-6)
    return np.array([start + gap * direction, end - gap * direction])
