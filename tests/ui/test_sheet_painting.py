"""A drawing painted by Qt is the one of the PDF."""

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetricsF, QImage

from cartech_desk.reports.drawing import INK, Align, Drawing, Sketch
from cartech_desk.reports.dyno_layout import lay_out
from cartech_desk.reports.faces import width
from cartech_desk.ui.theme.fonts import load_fonts
from cartech_desk.ui.widgets.sheet_painting import image, pngs
from tests.reports.sheet_double import made_sheet


@pytest.fixture(autouse=True)
def faces(qapp):
    if not load_fonts():
        pytest.skip("font-roboto is not installed")


def pixels(picture: QImage):
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()


def inked(picture):
    """First and last column and row that bear ink."""
    rows, columns = np.nonzero(pixels(picture) < 160)
    return columns.min(), columns.max(), rows.min(), rows.max()


def test_a_picture_has_the_size_of_the_paper_at_its_resolution():
    drawing = lay_out(made_sheet())
    pages = pngs(drawing, dpi=72.0)
    assert len(pages) == len(drawing.pages)
    first = QImage.fromData(pages[0], "PNG")
    assert (first.width(), first.height()) == (595, 842)
    assert round(first.dotsPerMeterX() * 0.0254) == 72


@pytest.mark.parametrize("bold", [False, True])
def test_words_are_as_wide_as_they_were_laid_out(bold):
    words = "276.3 hp at 7032 rpm, SAE J1349 ± 0.8 lb·ft"
    font = QFont("Roboto")
    font.setPixelSize(1000)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setWeight(QFont.Weight.Medium if bold else QFont.Weight.Normal)
    painted = QFontMetricsF(font).horizontalAdvance(words)
    assert painted == pytest.approx(width(words, 1000, bold=bold), rel=0.02)


@pytest.mark.parametrize("align", list(Align))
def test_words_stand_where_they_were_laid_out(align):
    sketch = Sketch(200, 60)
    item = sketch.text(100, 40, "HHHHHH", 20, align=align)
    left, right, top, bottom = inked(image(sketch.page(), 2.0))
    assert left / 2 == pytest.approx(item.left, abs=2.5)
    assert right / 2 == pytest.approx(item.left + item.width, abs=2.5)
    assert bottom / 2 == pytest.approx(40, abs=1.0)
    assert top / 2 == pytest.approx(40 - 0.71 * 20, abs=1.5)


def test_lines_and_shapes_lie_where_they_were_laid_out():
    sketch = Sketch(100, 100)
    sketch.box(10, 20, 30, 40, fill=INK)
    assert inked(image(sketch.page(), 1.0)) == (10, 39, 20, 59)
    sketch = Sketch(100, 100)
    sketch.line(10, 50, 90, 50, color=INK, width=2.0)
    left, right, top, bottom = inked(image(sketch.page(), 1.0))
    assert (left, right) == pytest.approx((10, 90), abs=1.5)
    assert (top, bottom) == (49, 50)


def test_a_dashed_line_has_gaps():
    sketch = Sketch(100, 20)
    sketch.line(0, 10, 100, 10, color=INK, width=2.0, dash=(5.0, 5.0))
    row = pixels(image(sketch.page(), 2.0))[20]
    changes = np.count_nonzero((row[1:] < 128) != (row[:-1] < 128))
    assert changes >= 16


def test_a_logo_is_drawn_in_its_box():
    from tests.reports.test_dyno_layout import logo

    sketch = Sketch(100, 60)
    sketch.picture(10, 10, 60, 20, logo())
    assert inked(image(sketch.page(), 1.0)) == (10, 69, 10, 29)


def test_every_page_of_a_sheet_bears_ink_to_its_foot():
    drawing: Drawing = lay_out(made_sheet())
    for page in drawing.pages:
        *_, bottom = inked(image(page, 1.0))
        assert bottom > page.height - 60
