"""Scenes of the tour within the Live and Recordings pages: held, edited, chosen, near, exported."""

from typing import Any, Final

from cartech_desk.app.tour_stage import Stage

_SECOND: Final = 1_000_000_000


def live_held(stage: Stage) -> None:
    """Hold the charts and point at them."""
    view = stage.window.page.board.view
    view.hold()
    view.set_cursor(view.right_ns - 8 * _SECOND)
    stage.play(0.3)


def live_edit(stage: Stage) -> None:
    """Edit the layout."""
    page = stage.window.page
    page.board.view.set_cursor(None)
    page.board.view.follow()
    page.edit.setChecked(True)
    stage.play(0.3)


def live_picker(stage: Stage) -> Any:
    """Search for a channel."""
    from cartech_desk.ui.widgets.channel_picker import ChannelPicker

    page = stage.window.page
    page.edit.setChecked(False)
    page.choose_tiles()
    picker = page.findChildren(ChannelPicker)[-1]
    picker.search.setText("fuel")
    stage.play(0.3)
    return picker


def live_bands(stage: Stage) -> Any:
    """Set scale, bands and rate of a tile."""
    from cartech_desk.ui.widgets.tile_form import TileForm

    page = stage.window.page
    page.edit_tile(next(iter(page.board.grid.tiles)))
    return page.findChildren(TileForm)[-1]


def recording_near(stage: Stage) -> None:
    """Zoom to single samples."""
    viewer = stage.window.page.viewer
    middle = (viewer.view.first_ns + viewer.view.last_ns) // 2
    viewer.view.show(middle - 2 * _SECOND, middle + 2 * _SECOND)
    viewer.view.set_cursor(middle)
    stage.wait("the samples", lambda: viewer.reader.shows_samples and not viewer.reader.busy)
    stage.play(0.3)


def recording_export(stage: Stage) -> Any:
    """Export what is shown."""
    from cartech_desk.ui.widgets.export_form import ExportForm

    page = stage.window.page
    page.export_recording()
    form = page.findChildren(ExportForm)[-1]
    form.part.setChecked(True)
    return form
