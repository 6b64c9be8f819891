"""The link editor: a definition is typed, held against bytes, kept, and taken onto the bench."""

import os

import pytest

from cartech_desk.domain.dyno.link_document import read_definition
from cartech_desk.hardware.dyno.capture import write_capture
from cartech_desk.hardware.dyno.definition_files import DefinitionFiles, templates
from cartech_desk.ui.models.link_draft import definition_of, draft_of, escaped, plain
from cartech_desk.ui.widgets.link_editor import LinkEditor

PACKET = b"\x00\x01\x02\x93" + b"\x11" * 10


@pytest.fixture
def editor(qtbot, tmp_path):
    made = LinkEditor(tmp_path / "links", "template:zeitronix")
    made.ask_key = lambda _name: "zt"
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("key", ["zeitronix", "binary_packets", "text_lines", "mustang"])
def test_a_definition_typed_is_the_one_that_was_shown(key):
    definition = read_definition(templates()[key])
    assert definition_of(draft_of(definition)) == definition


def test_line_ends_are_typed_as_people_write_them():
    assert plain(r"OD\r\n") == "OD\r\n"
    assert plain(escaped("a\\b\r\n\t")) == "a\\b\r\n\t"
    assert plain("hex:0D 0A") == "hex:0D 0A"


def test_the_editor_shows_what_it_was_opened_with(editor):
    assert editor.fields.lines["sync"].text() == "hex:00 01 02"
    assert editor.fields.table.item(0, 0).text() == "afr"
    assert "It can be used" in editor.state.text()


def test_only_the_columns_that_such_packets_have_are_shown(editor):
    def hidden():
        table = editor.fields.table
        return {
            table.horizontalHeaderItem(place).text()
            for place in range(table.columnCount())
            if table.isColumnHidden(place)
        }

    assert hidden() == {"Column"}
    editor.edit("template:text_lines")
    assert hidden() == {"Byte", "Letters", "Bits", "From bit", "Order"}


def test_what_nobody_has_checked_is_called_unverified(editor):
    assert "unverified" in editor.state.text()
    editor.fields.verified.setChecked(True)
    assert "unverified" not in editor.state.text()


def test_a_wrong_entry_is_said_and_cannot_be_saved(editor):
    editor.fields.lines["baud"].setText("fast")
    editor.fields.touched.emit()
    assert "port, baud is “fast”" in editor.state.text()
    assert not editor.save_button.isEnabled()
    assert not editor.save()


def test_what_is_saved_can_be_opened_again(editor, tmp_path):
    editor.fields.lines["name"].setText("Our wideband")
    editor.fields.touched.emit()
    assert editor.save()
    assert DefinitionFiles(tmp_path / "links").load("zt").name == "Our wideband"
    editor.edit("zt")
    assert editor.fields.lines["name"].text() == "Our wideband"


def test_removing_keeps_the_texts_so_that_save_brings_it_back(editor, tmp_path):
    editor.save()
    editor.remove()
    files = DefinitionFiles(tmp_path / "links")
    assert files.keys() == ()
    assert editor.save()
    assert files.keys() == ("zt",)


def test_a_capture_is_shown_as_packets_with_values_and_tested(editor, qtbot, tmp_path):
    path = write_capture(tmp_path / "x.capture", [(0, PACKET * 10)], "x")
    editor.wire.ask_open = lambda: path
    editor.wire.open()
    qtbot.waitUntil(lambda: editor.wire.trial is not None)
    assert editor.wire.trial.fits
    assert "afr 14.7 ratio" in editor.wire.view.toPlainText()
    assert "10 packets fit" in editor.wire.verdict.text()


def test_bytes_that_fit_nothing_are_shown_as_they_are(editor, qtbot):
    editor.wire.take(((0, b"HELLO\xff"),))
    qtbot.waitUntil(lambda: editor.wire.trial is not None)
    assert "48 45 4C 4C 4F FF" in editor.wire.view.toPlainText()
    assert "HELLO·" in editor.wire.view.toPlainText()
    assert "never matches" in editor.wire.verdict.text()


def test_a_port_is_listened_to_and_let_go(editor, qtbot):
    pty = pytest.importorskip("pty")
    tty = pytest.importorskip("tty")
    far, near = pty.openpty()
    tty.setraw(near)
    editor.wire.port.setText(os.ttyname(near))
    editor.wire.listen()
    qtbot.waitUntil(lambda: editor.wire.listening)
    os.write(far, PACKET * 3)
    qtbot.waitUntil(lambda: "14.7" in editor.wire.view.toPlainText())
    editor.wire.stop()
    assert not editor.wire.listening
    os.close(near)
    os.close(far)


def test_a_port_that_is_not_there_is_said_beside_the_field(editor, qtbot, tmp_path):
    editor.wire.port.setText(str(tmp_path / "none"))
    editor.wire.listen()
    qtbot.waitUntil(lambda: bool(editor.wire.port_field.error))
    assert not editor.wire.listening


def test_connecting_asks_for_a_port_then_hands_the_address_on(editor, qtbot):
    editor.use()
    assert "Name the port" in editor.wire.port_field.error
    editor.wire.port.setText("/dev/ttyUSB3")
    with qtbot.waitSignal(editor.link_wanted) as wanted:
        editor.use()
    assert wanted.args == ["link:zt@/dev/ttyUSB3"]


def test_fields_are_added_and_removed(editor):
    editor.fields.add_field()
    editor.fields.table.item(1, 0).setText("oil")
    assert "needs either a column or an offset" in editor.state.text()
    editor.fields.remove_field()
    assert "It can be used" in editor.state.text()
