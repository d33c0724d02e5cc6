"""The rules of PDMS and EPDMS where they are easy to get wrong, on scenes made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from straight_road import MARKING, RIGHT, Other, plan, scene

from lead import InputError
from lead.realworld.navsim.areas import (
    drivable_area_compliance,
    driving_direction_compliance,
    lane_keeping,
    whereabouts,
)
from lead.realworld.navsim.contacts import NEVER, Contact
from lead.realworld.navsim.epdms import HumanFilter, score_epdms, score_human, score_plan
from lead.realworld.navsim.epdms import progress_shares as shares_v2
from lead.realworld.navsim.motion import PACIFICA, STEPS, Motion, StateIndex
from lead.realworld.navsim.pdms import progress_shares as shares_v1
from lead.realworld.navsim.pdms import score_pdms, simulate_plans
from lead.realworld.navsim.scene import ObjectKind

FRONT = PACIFICA.front  # m from the rear axle to the front bumper
HALF_WIDTH = 0.5 * PACIFICA.width
OFF = HumanFilter.OFF


def v2(world, ego_plan):
    """Sub-scores of the plan, v2."""
    return score_epdms(world, simulate_plans(world, [ego_plan])).of(1)


def v1(world, ego_plan):
    """Result and row of the plan, v1."""
    return score_pdms(world, simulate_plans(world, [ego_plan]))


def contacts(result):
    return {Contact(kind) for kind in np.unique(result.evidence.collisions.contact[1])} - {Contact.NONE}


def parallel_states(speed=8.0, y=0.0, heading=0.0):
    """Motion (1, 41) of an ego that keeps its speed, y and heading exactly."""
    states = np.zeros((1, STEPS + 1, len(StateIndex)))
    states[0, :, StateIndex.X] = speed * 0.1 * np.arange(STEPS + 1)
    states[0, :, StateIndex.Y], states[0, :, StateIndex.HEADING] = y, heading
    states[0, :, StateIndex.VELOCITY_X] = speed
    return Motion(states)


def scraping(side):
    """A car beside the ego's middle that drifts against its left side, which is at y = `side`."""
    return Other(1.4, side + 1.2, speed=8.0, heading=-0.05)


def test_free_driving_is_perfect():
    world = scene()
    assert v2(world, plan(8.0)).score() == 1.0
    assert v1(world, plan(8.0)).score[1] == 1.0


def test_overlap_at_the_start_counts_in_v1_only():
    world = scene([Other(3.0, 0.0, speed=8.0)])
    assert v2(world, plan(8.0)).nc == 1.0 and v2(world, plan(8.0)).ttc == 1.0
    assert v1(world, plan(8.0)).nc[1] == 0.0


def test_a_track_that_appears_later_inside_of_the_ego_counts_in_both():
    world = scene([Other(3.0, 0.0, speed=8.0, first_step=5)])
    assert v2(world, plan(8.0)).nc == 0.0 and v1(world, plan(8.0)).nc[1] == 0.0


def test_a_stopped_ego_that_is_hit_is_not_at_fault():
    world = scene([Other(-20.0, 0.0, speed=10.0)], speed=0.0)
    result = v1(world, plan(0.0))
    assert result.nc[1] == 1.0 and contacts(result) == {Contact.STOPPED_EGO}


def test_being_hit_from_behind_is_not_at_fault_and_the_track_is_ignored_afterwards():
    world = scene([Other(-10.0, 0.0, speed=13.0)])
    result = v1(world, plan(8.0))
    assert result.nc[1] == 1.0 and contacts(result) == {Contact.ACTIVE_REAR}
    assert np.count_nonzero(result.evidence.collisions.contact[1]) == 1


@pytest.mark.parametrize("kind", list(ObjectKind))
def test_agents_cost_everything_and_objects_half(kind):
    world = scene([Other(25.0, 0.0, kind, length=1.0, width=1.0)])
    assert v2(world, plan(8.0)).nc == (0.0 if kind <= ObjectKind.BICYCLE else 0.5)


def test_an_object_and_an_agent_cost_the_worse_of_both():
    world = scene([Other(15.0, 0.0, ObjectKind.BARRIER), Other(25.0, 0.0)])
    assert v2(world, plan(8.0)).nc == 0.0


def test_objects_count_as_stopped_whatever_their_speed():
    world = scene([Other(12.0, 0.0, ObjectKind.BARRIER, speed=4.0)])
    assert contacts(v1(world, plan(8.0))) == {Contact.STOPPED_TRACK}


@pytest.mark.parametrize("other_speed, kind", [(0.05, Contact.STOPPED_TRACK), (0.0501, Contact.ACTIVE_FRONT)])
def test_a_track_is_stopped_up_to_5_cm_per_s(other_speed, kind):
    assert kind in contacts(v1(scene([Other(15.0, 0.0, speed=other_speed)]), plan(8.0)))


def test_the_speed_of_a_track_is_that_of_its_first_visible_step():
    world = scene([Other(15.0, 0.0, speed=1.0)])
    velocity = world.tracks.velocity.copy()
    velocity[0, 0] = 0.0
    stopped_at_first = replace(world, tracks=replace(world.tracks, velocity=velocity))
    assert contacts(v1(stopped_at_first, plan(8.0))) == {Contact.STOPPED_TRACK}


def test_lateral_contact_inside_one_lane_is_not_at_fault():
    result = v1(scene([scraping(HALF_WIDTH)]), plan(8.0))
    assert contacts(result) == {Contact.ACTIVE_LATERAL} and result.nc[1] == 1.0


def test_lateral_contact_on_two_lanes_is_at_fault():
    aside = MARKING - HALF_WIDTH + 0.2
    result = v1(scene([scraping(aside + HALF_WIDTH)], ego_y=aside), plan(8.0))
    assert contacts(result) == {Contact.ACTIVE_LATERAL} and result.nc[1] == 0.0


def test_boxes_that_touch_are_in_contact():
    """Ego still at the start: its front bumper is at x = 4.049 m exactly."""
    touching = scene([Other(FRONT + 2.0, 0.0)], speed=1.0)
    apart = scene([Other(FRONT + 2.0 + 1e-6, 0.0)], speed=1.0)
    assert v1(touching, plan(0.0)).evidence.collisions.contact[1, 0, 0] == Contact.STOPPED_TRACK
    assert v1(apart, plan(0.0)).evidence.collisions.contact[1, 0, 0] == Contact.NONE


@pytest.mark.parametrize("inside, compliant", [(1e-6, 1.0), (0.0, 0.0), (-1e-6, 0.0)])
def test_a_corner_exactly_on_the_road_edge_is_outside(inside, compliant):
    world = scene()
    motion = parallel_states(y=RIGHT + HALF_WIDTH + inside)
    assert drivable_area_compliance(whereabouts(motion, world.areas))[0] == compliant


def test_corners_in_two_lanes_but_all_in_one_of_them_are_not_several_lanes():
    """On the connector, which lies over the right lane, both hold all four corners."""
    where = whereabouts(parallel_states(), scene().areas)
    assert not where.multiple_lanes.any()
    assert whereabouts(parallel_states(y=MARKING), scene().areas).multiple_lanes.all()


@pytest.mark.parametrize("speed, score", [(1.9, 1.0), (2.1, 0.5), (5.9, 0.5), (6.1, 0.0)])
def test_driving_off_route_is_judged_by_the_way_of_eleven_steps(speed, score):
    """At constant speed 11 steps sum up to 1.1 s: 2 m are reached at 1.82 m/s."""
    motion = parallel_states(speed=speed / 1.1)
    against = whereabouts(motion, scene(on_route=False).areas).oncoming
    assert against.all()
    assert driving_direction_compliance(motion, against)[0] == score


def test_off_route_on_an_intersection_counts_in_v1_only():
    world = scene(on_route=False, intersections=[(-50.0, 150.0)])
    assert v2(world, plan(8.0)).ddc == 1.0
    result = v1(world, plan(8.0))
    assert result.ddc[1] == 0.0 and result.score[1] == 1.0  # told, without weight


def test_a_red_connector_costs_from_the_first_touch():
    assert v2(scene(red_from_step=0), plan(8.0)).tlc == 0.0
    assert v2(scene(red_from_step=0), plan(1.0)).tlc == 1.0
    assert v2(scene(red_from_step=STEPS), plan(8.0)).tlc == 0.0  # at 32 m the ego is on it, at the last step
    assert v2(scene(red_from_step=0, on_route=False), plan(8.0)).tlc == 1.0


@pytest.mark.parametrize("steps, kept", [(19, 1.0), (20, 0.0)])
def test_lane_keeping_fails_at_twenty_steps_off_centre(steps, kept):
    """Off the centre line for that many steps, then back."""
    motion = parallel_states()
    motion.states[0, 5 : 5 + steps, StateIndex.Y] = 0.6
    assert lane_keeping(motion, scene().centerline, np.zeros((1, STEPS + 1), bool))[0] == kept


def test_intersections_neither_count_nor_reset_lane_keeping():
    motion = parallel_states()
    motion.states[0, 5:25, StateIndex.Y] = 0.6
    gap = np.zeros((1, STEPS + 1), bool)
    gap[0, 10:13] = True
    assert lane_keeping(motion, scene().centerline, gap)[0] == 1.0  # 17 steps count
    longer = Motion(motion.states.copy())
    longer.states[0, 25:28, StateIndex.Y] = 0.6
    assert lane_keeping(longer, scene().centerline, gap)[0] == 0.0  # 20, across the gap


def test_half_a_metre_off_centre_is_still_on_it():
    on, off = parallel_states(y=0.5), parallel_states(y=0.5 + 1e-9)
    nowhere = np.zeros((1, STEPS + 1), bool)
    assert lane_keeping(on, scene().centerline, nowhere)[0] == 1.0
    assert lane_keeping(off, scene().centerline, nowhere)[0] == 0.0


@pytest.mark.parametrize("most, share", [(4.99, 1.0), (5.0, 1.0), (5.01, 0.5)])
def test_progress_counts_from_five_metres(most, share):
    assert shares_v2(np.array([most, 0.5 * most]), np.ones(2))[1] == pytest.approx(share)
    assert shares_v1(np.array([most, 0.5 * most]), np.ones(2))[1] == pytest.approx(share)


def test_a_failing_reference_sets_no_mark_for_progress():
    progress, product = np.array([40.0, 10.0]), np.array([0.0, 1.0])
    assert shares_v2(progress, product).tolist() == [1.0, 1.0]
    assert shares_v1(progress, product).tolist() == [0.0, 1.0]


def test_a_failing_plan_keeps_its_progress_in_v2_and_loses_it_in_v1():
    progress, product = np.array([40.0, 30.0]), np.array([1.0, 0.0])
    assert shares_v2(progress, product).tolist() == [1.0, 0.75]
    assert shares_v1(progress, product).tolist() == [1.0, 0.0]
    assert shares_v1(np.array([4.0, 4.0]), product).tolist() == [1.0, 0.0]  # below 5 m as well


def test_a_reference_off_the_road_lets_a_slow_plan_make_full_progress():
    assert v2(scene(reference_y=-4.0), plan(4.0)).ep == 1.0
    assert v2(scene(), plan(4.0)).ep < 0.8


def test_near_misses_of_the_last_second_count_in_v1_only():
    """The ego closes in on a slower car: it is met within 0.9 s from step 33 on, and not hit in 4 s."""
    world = scene([Other(FRONT + 2.0 + 8.3, 0.0, speed=6.0)])
    result = v1(world, plan(8.0))
    assert result.nc[1] == 1.0 and result.ttc[1] == 0.0 and result.evidence.first_near[1] > 31
    assert v2(world, plan(8.0)).ttc == 1.0


def test_a_standing_ego_is_near_nothing():
    world = scene([Other(FRONT + 2.01, 0.0)], speed=0.0)
    assert v2(world, plan(0.0)).ttc == 1.0


def test_what_comes_up_beside_is_minded_on_intersections_only():
    beside = [scraping(HALF_WIDTH)]
    street, crossing = scene(beside), scene(beside, intersections=[(-50.0, 150.0)])
    assert v2(street, plan(8.0)).ttc == 1.0
    assert v2(crossing, plan(8.0)).ttc == 0.0


def test_harsh_braking_is_uncomfortable():
    assert v1(scene(speed=12.0), plan(0.5)).c[1] == 0.0
    assert v1(scene(speed=12.0), plan(12.0)).c[1] == 1.0


def test_history_makes_a_smooth_plan_uncomfortable():
    """The car accelerated hard up to now; the plan alone rolls on."""
    world = scene(speed=8.0)
    history = np.tile(world.ego, (4, 1))
    history[:, StateIndex.X] = [-9.0, -7.0, -4.0, 0.0]
    history[:, StateIndex.ACCELERATION_X] = [0.0, 4.0, 4.0, 0.0]
    assert v2(world, plan(8.0)).hc == 1.0
    assert v2(replace(world, history=history), plan(8.0)).hc == 0.0


def test_the_human_filter_forgives_what_the_human_failed_too():
    off_road = plan(8.0, aside=-3.0)
    world = scene(human_plan=off_road)
    assert score_plan(world, off_road, OFF).score() == 0.0
    forgiven = score_plan(world, off_road)
    assert forgiven.told.dac == 1.0 and forgiven.score() > 0.9
    assert forgiven.proposals.of(1).dac == 0.0


def test_the_older_human_filter_tells_one_thing_and_scores_another():
    off_road = plan(8.0, aside=-3.0)
    result = score_plan(scene(human_plan=off_road), off_road, HumanFilter.BEFORE_2025_09_29)
    assert result.told.dac == 1.0 and result.score() == 0.0


def test_half_a_score_of_the_human_forgives_nothing():
    barrier = [Other(25.0, 0.0, ObjectKind.BARRIER)]
    world = scene(barrier, human_plan=plan(8.0))
    assert score_human(world).nc == 0.5
    assert score_plan(world, plan(8.0)).told.nc == 0.5


def test_the_human_makes_full_progress_and_has_no_history():
    human = score_human(scene(human_plan=plan(1.0)))
    assert human.ep == 1.0 and human.hc == 1.0


def test_the_human_filter_never_acts_on_synthetic_scenes():
    off_road = plan(8.0, aside=-3.0)
    assert score_plan(scene(human_plan=off_road, synthetic=True), off_road).told.dac == 0.0


def test_the_human_filter_needs_a_human():
    with pytest.raises(InputError, match="HumanFilter.OFF"):
        score_plan(scene(), plan(8.0))
    assert score_plan(scene(synthetic=True), plan(8.0)).score() == 1.0


def test_extended_comfort_changes_what_the_rest_weighs():
    result = score_plan(scene(), plan(8.0), OFF)
    assert result.score(1.0) == 1.0 and result.score(0.0) == pytest.approx(14 / 16) and result.score() == 1.0


def test_nothing_on_the_way_means_never():
    result = v1(scene(), plan(8.0))
    assert result.evidence.first_near.tolist() == [NEVER, NEVER]
    assert result.evidence.collisions.first_step.tolist() == [NEVER, NEVER]


def test_bad_input_is_refused():
    world = scene()
    with pytest.raises(InputError, match="x, y, heading"):
        score_plan(world, plan(8.0)[:, :2], OFF)
    with pytest.raises(InputError, match="x, y, heading"):
        score_plan(world, np.full((8, 3), np.nan), OFF)
    with pytest.raises(InputError, match="at least 41"):
        replace(world, tracks=replace(world.tracks, **cut(world.tracks, 40)))
    with pytest.raises(InputError, match="at least 50"):
        v1(replace(world, tracks=replace(world.tracks, **cut(world.tracks, 41))), plan(8.0))
    with pytest.raises(InputError, match="one entry per polygon"):
        replace(world.areas, on_route=np.zeros(2, bool))


def cut(tracks, steps):
    return {name: getattr(tracks, name)[:, :steps] for name in ("pose", "velocity", "visible")}
