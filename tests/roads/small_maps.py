"""Small OpenDRIVE maps written by hand for the tests of roads."""

from math import cos, pi, sin

CUBIC = 'a="{}" b="{}" c="{}" d="{}"'
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><OpenDRIVE><header revMajor="1" revMinor="4" name="test" version="1" '
    'date="2026-01-01" north="0" south="0" east="0" west="0"><geoReference><![CDATA[+proj=tmerc +lat_0=48.5 +lon_0=9.25 '
    "+k=1 +x_0=0 +y_0=0]]></geoReference></header>"
)


def document(*parts: str) -> str:
    return HEAD + "".join(parts) + "</OpenDRIVE>"


def lane(
    number: int, kind: str = "driving", width: float | tuple = 3.5, links: tuple = (None, None), extra: str = ""
) -> str:
    """A lane with one width record (a number, or the cubic's four) and links (predecessor, successor)."""
    cubic = width if isinstance(width, tuple) else (width, 0, 0, 0)
    link = "".join(
        f'<{side} id="{other}"/>' for side, other in zip(("predecessor", "successor"), links) if other is not None
    )
    body = "" if number == 0 else f'<width sOffset="0" {CUBIC.format(*cubic)}/>'
    mark = '<roadMark sOffset="0" type="broken" weight="standard" color="yellow" width="0.15"/>'
    return f'<lane id="{number}" type="{kind}" level="false"><link>{link}</link>{body}{mark}{extra}</lane>'


def section(s: float, left: str = "", right: str = "") -> str:
    sides = f"<left>{left}</left>" if left else ""
    sides += f"<center>{lane(0, 'none')}</center>" + (f"<right>{right}</right>" if right else "")
    return f'<laneSection s="{s}">{sides}</laneSection>'


def road(
    number: int,
    length: float,
    plan: str,
    sections: str,
    junction: int = -1,
    before: str = "",
    after: str = "",
    elevation: tuple = (0, 0, 0, 0),
    offset: tuple = (0, 0, 0, 0),
    extra: str = "",
) -> str:
    """A road; `before` and `after` are link attributes such as `elementType="road" elementId="1" contactPoint="end"`."""
    link = (f"<predecessor {before}/>" if before else "") + (f"<successor {after}/>" if after else "")
    return (
        f'<road name="r{number}" length="{length}" id="{number}" junction="{junction}"><link>{link}</link>'
        f'<type s="0" type="town"><speed max="30" unit="mph"/></type><planView>{plan}</planView>'
        f'<elevationProfile><elevation s="0" {CUBIC.format(*elevation)}/></elevationProfile><lateralProfile/>'
        f'<lanes><laneOffset s="0" {CUBIC.format(*offset)}/>{sections}</lanes>{extra}</road>'
    )


def geometry(s: float, x: float, y: float, heading: float, length: float, shape: str = "<line/>") -> str:
    return f'<geometry s="{s}" x="{x}" y="{y}" hdg="{heading}" length="{length}">{shape}</geometry>'


def two_way(before: bool = False, after: bool = False) -> tuple[str, str]:
    """Left and right lanes of a street: driving, shoulder, sidewalk on either side, linked to their likes."""
    kinds = ((1, "driving", 3.5), (2, "shoulder", 0.5), (3, "sidewalk", 2.0))

    def side(sign: int) -> str:
        return "".join(
            lane(sign * n, kind, width, (sign * n if before else None, sign * n if after else None))
            for n, kind, width in kinds
        )

    return side(1), side(-1)


def straight(length: float = 100.0, heading: float = 0.0, elevation: tuple = (0, 0, 0, 0)) -> str:
    """One straight street from the origin."""
    plan = geometry(0, 0, 0, heading, length)
    return document(road(7, length, plan, section(0, *two_way()), elevation=elevation))


def winding() -> str:
    """One road of a line, a spiral and an arc with hills and a taper, in two lane sections; lane offset constant."""
    # A clothoid from curvature 0 to 0.04 over 30 m, then an arc: the end points by a fine sum.
    x, y, heading, steps = 40.0, 0.0, 0.0, 300_000
    for n in range(steps):
        u = (n + 0.5) * 30.0 / steps
        heading = 0.5 * u * u * 0.04 / 30.0
        x, y = x + cos(heading) * 30.0 / steps, y + sin(heading) * 30.0 / steps
    heading = 0.5 * 30.0 * 0.04
    plan = (
        geometry(0, 0, 0, 0, 40)
        + geometry(40, 40, 0, 0, 30, '<spiral curvStart="0" curvEnd="0.04"/>')
        + geometry(70, x, y, heading, 30, '<arc curvature="0.04"/>')
    )
    first = section(0, lane(1, links=(None, 1)), lane(-1, links=(None, -1)) + lane(-2, "sidewalk", 2, (None, -3)))
    taper = lane(-2, "parking", (0.0, 0.0, 3 * 2.5 / 50.0**2, -2 * 2.5 / 50.0**3))
    second = section(
        50, lane(1, links=(1, None)), lane(-1, links=(-1, None)) + taper + lane(-3, "sidewalk", 2, (-2, None))
    )
    return document(road(3, 100, plan, first + second, elevation=(1.0, 0.02, 1e-4, -2e-6), offset=(0.75, 0, 0, 0)))


def bridge(height: float = 7.0) -> str:
    """Two straight streets that cross at different heights without a junction; they meet over the origin."""
    lower = road(1, 120, geometry(0, -60, 0, 0, 120), section(0, *two_way()))
    upper = road(2, 120, geometry(0, 0, -60, pi / 2, 120), section(0, *two_way()), elevation=(height, 0, 0, 0))
    return document(lower, upper)


def crossing() -> str:
    """Two arms and a junction between them: road 1 east to junction 100, straight on to road 2, or right to road 3."""
    to_junction = 'elementType="junction" elementId="100"'
    left, right = lane(1), lane(-1)
    first = road(1, 50, geometry(0, 0, 0, 0, 50), section(0, left, right), after=to_junction)
    second = road(2, 50, geometry(0, 70, 0, 0, 50), section(0, left, right), before=to_junction)
    third = road(3, 50, geometry(0, 60, -10, -pi / 2, 50), section(0, left, right), before=to_junction)
    ahead = road(
        10,
        20,
        geometry(0, 50, 0, 0, 20),
        section(0, lane(1, links=(1, 1)), lane(-1, links=(-1, -1))),
        junction=100,
        before='elementType="road" elementId="1" contactPoint="end"',
        after='elementType="road" elementId="2" contactPoint="start"',
    )
    turn = road(
        11,
        5 * pi,
        geometry(0, 50, 0, 0, 5 * pi, '<arc curvature="-0.1"/>'),
        section(0, "", lane(-1, links=(-1, -1))),
        junction=100,
        before='elementType="road" elementId="1" contactPoint="end"',
        after='elementType="road" elementId="3" contactPoint="start"',
    )
    links = (
        '<junction id="100" name="j">'
        '<connection id="0" incomingRoad="1" connectingRoad="10" contactPoint="start"><laneLink from="-1" to="-1"/></connection>'
        '<connection id="1" incomingRoad="1" connectingRoad="11" contactPoint="start"><laneLink from="-1" to="-1"/></connection>'
        '<connection id="2" incomingRoad="2" connectingRoad="10" contactPoint="end"><laneLink from="1" to="1"/></connection>'
        '<controller id="51" type="0" sequence="1"/><controller id="50" type="0" sequence="0"/></junction>'
    )
    return document(first, second, third, ahead, turn, links)
