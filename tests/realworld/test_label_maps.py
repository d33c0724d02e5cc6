"""Label maps name every class of their source, and say what they say they do."""

import numpy as np
import pytest

from lead.dataset.bev_map import BevClass
from lead.dataset.box_labels import BoxClass, BoxLabels
from lead.realworld import label_maps as maps
from lead.realworld.label_maps import NavsimBev, Turn
from lead.realworld.sample import real_boxes
from lead.realworld.waymo.frame import Intent
from lead.scenarios.lane_graph import Command
from lead.train.labels import IGNORED


@pytest.mark.parametrize(
    ("table", "source"),
    [
        (maps.TURN_OF_INTENT, Intent),
        (maps.TURN_OF_COMMAND, Command),
        (maps.REAL_BEV_OF_CARLA, BevClass),
        (maps.REAL_BOX_OF_CARLA, BoxClass),
        (maps.NAVSIM_BEV_OF_CARLA, BevClass),
        (maps.INTENT_OF_TURN, Turn),
    ],
)
def test_every_class_has_a_counterpart_or_is_refused_by_name(table, source):
    assert set(table) == set(source)


def test_intents_come_back():
    assert all(maps.INTENT_OF_TURN[maps.TURN_OF_INTENT[intent]] is intent for intent in Intent)


def test_turns_are_in_the_order_of_the_one_hot_command():
    assert [turn.name for turn in Turn] == ["LEFT", "STRAIGHT", "RIGHT", "UNKNOWN"]
    assert maps.TURN_OF_COMMAND[Command.LEFT] is maps.TURN_OF_INTENT[Intent.GO_LEFT] is Turn.LEFT


def test_simulated_maps_lose_what_real_data_do_not_tell_apart():
    told = maps.mapped(np.array([list(BevClass)], np.uint8), maps.REAL_BEV_OF_CARLA)[0]
    assert told[BevClass.PARKING_VEHICLE] == told[BevClass.SPECIAL_VEHICLE] == BevClass.VEHICLE
    assert told[BevClass.STOP_SIGNS] == BevClass.UNLABELED
    assert told[BevClass.OBSTACLE] == IGNORED
    assert told[BevClass.WALKER] == BevClass.WALKER


def test_what_is_unknown_stays_unknown():
    assert maps.mapped(np.array([IGNORED, 200], np.uint8), maps.NAVSIM_BEV_OF_CARLA).tolist() == [IGNORED, IGNORED]


def test_vehicles_are_vehicles_in_navsim():
    told = maps.mapped(np.array(list(BevClass), np.uint8), maps.NAVSIM_BEV_OF_CARLA)
    vehicles = {BevClass.VEHICLE, BevClass.PARKING_VEHICLE, BevClass.SPECIAL_VEHICLE}
    assert {kind for kind in BevClass if told[kind] == NavsimBev.VEHICLE} == vehicles
    assert NavsimBev.WALKWAY not in told and NavsimBev.CENTERLINE not in told


def test_boxes_without_a_counterpart_are_left_out():
    count = len(BoxClass)
    boxes = BoxLabels(
        np.arange(count), np.arange(count).astype(np.int8), np.zeros((count, 3), np.float32),
        np.ones((count, 3), np.float32), np.zeros(count, np.float32), np.zeros(count, np.float32),
        np.zeros((count, 3), np.int32), np.zeros(count, np.uint16),
    )  # fmt: skip
    kept = real_boxes(boxes)
    assert BoxClass.OBSTACLE not in kept.id
    assert set(kept.category.tolist()) == {*BoxClass} - {BoxClass.SPECIAL, BoxClass.PARKING, BoxClass.OBSTACLE}
    assert kept.category[kept.id == BoxClass.PARKING] == BoxClass.VEHICLE
