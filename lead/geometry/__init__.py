"""Poses, oriented boxes and polylines as arrays, in CARLA's frame (x forward, y right, z up; left-handed)."""

from lead.geometry.compilation import use_kernel_folder

use_kernel_folder()
