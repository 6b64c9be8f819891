"""The one style sheet, made from the tokens.

Widgets say what they are by properties and never how they look: `role` on labels ("title",
"heading", "muted", "help", "error", "reading") and buttons ("primary", "quiet", "danger", "link"),
`bay` on pages of the bay, `card` on frames that stand out from the ground.
"""

from string import Template
from typing import Final

from cartech_desk.ui.theme.icons import TintedFiles
from cartech_desk.ui.theme.tokens import Size, Space, Tokens, Type

_SHEET: Final = """
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: ${xs}px; }
QMainWindow, QDialog, QWidget#content { background: $ground; }
QWidget[bay] { background: $ground; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }

QWidget[bay="true"] QLabel, QWidget[bay="true"] QPushButton, QWidget[bay="true"] QToolButton,
QWidget[bay="true"] QLineEdit, QWidget[bay="true"] QComboBox, QWidget[bay="true"]
QAbstractSpinBox, QWidget[bay="true"] QCheckBox, QWidget[bay="true"] QRadioButton,
QWidget[bay="true"] QAbstractItemView, QWidget[bay="true"] QTabBar {
    font-size: ${bay_type}px; }
QLabel { color: $text; background: transparent; }
QWidget QLabel[role="title"] { font-size: ${title}px; font-weight: 500; }
QLabel[role="heading"] { font-weight: 500; }
QLabel[role="muted"], QLabel[role="help"] { color: $muted; }
QWidget QLabel[role="help"], QWidget QLabel[role="error"] { font-size: ${body}px; }
QLabel[role="error"] { color: $trip; }
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warn; }
QWidget QLabel[role="reading"] { font-size: ${reading}px; font-weight: 500; }
QWidget QLabel[role="far"] { font-size: ${far}px; font-weight: 500; }
QLabel:disabled { color: $edge; }

QFrame[card="true"] { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[card="chosen"] {
    background: $surface; border: 1px solid $accent; border-radius: ${radius}px; }
QFrame[card="warn"] {
    background: $surface; border: 2px solid $warn; border-radius: ${radius}px; }
QFrame[card="trip"] {
    background: $surface; border: 2px solid $trip; border-radius: ${radius}px; }
QFrame[row="true"] { border: 2px solid transparent; border-radius: ${radius}px; }
QFrame[row="true"]:hover { background: $hover; }
QFrame[card][focused="true"], QFrame[row="true"][focused="true"] { border: 2px solid $focus; }
QLabel[part="headline"] { font-size: ${bay_type}px; font-weight: 500; }
QFrame[rule="true"] { background: $line; border: 0; max-height: 1px; min-height: 1px; }

QPushButton, QToolButton {
    background: $raised; color: $text; border: 1px solid $edge; border-radius: ${radius}px;
    padding: 0 ${m}px; min-height: ${control}px; }
QToolButton { padding: 0 ${s}px; }
QWidget[bay="true"] QPushButton, QWidget[bay="true"] QToolButton { min-height: ${control_bay}px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked, QPushButton:checked {
    background: $selected; }
QPushButton:focus, QToolButton:focus {
    border: 2px solid $focus; padding: 0 ${m_focus}px; min-height: ${control_focus}px; }
QToolButton:focus { padding: 0 ${s_focus}px; }
QWidget[bay="true"] QPushButton:focus, QWidget[bay="true"] QToolButton:focus {
    min-height: ${control_bay_focus}px; }
QPushButton:disabled, QToolButton:disabled {
    color: $edge; border-color: $line; background: transparent; }
QPushButton[role="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 500; }
QPushButton[role="primary"]:hover, QPushButton[role="primary"]:pressed {
    background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled {
    background: transparent; color: $edge; border-color: $line; }
QPushButton[role="danger"] { color: $trip; border-color: $trip; }
QPushButton[role="danger"]:focus { border-color: $focus; }
QPushButton[role="quiet"], QToolButton[role="quiet"] {
    background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:checked, QToolButton[role="quiet"]:checked { background: $selected; }
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus { border-color: $focus; }
QPushButton[role="link"] {
    background: transparent; border-color: transparent; color: $accent; padding: 0 ${xs}px; }
QPushButton[role="link"]:focus { border-color: $focus; padding: 0 3px; }
QPushButton::menu-indicator, QToolButton::menu-indicator {
    image: url($arrow_down); width: 12px; height: 12px; subcontrol-position: right center;
    subcontrol-origin: padding; right: 6px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit {
    background: $surface; color: $text; border: 1px solid $edge; border-radius: ${radius}px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit {
    padding: 0 ${s}px; min-height: ${control}px; }
QWidget[bay="true"] QLineEdit, QWidget[bay="true"] QSpinBox, QWidget[bay="true"] QDoubleSpinBox,
QWidget[bay="true"] QComboBox { min-height: ${control_bay}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus { border: 2px solid $focus; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
    padding: 0 ${s_focus}px; min-height: ${control_focus}px; }
QWidget[bay="true"] QLineEdit:focus, QWidget[bay="true"] QSpinBox:focus,
QWidget[bay="true"] QDoubleSpinBox:focus, QWidget[bay="true"] QComboBox:focus {
    min-height: ${control_bay_focus}px; }
QLineEdit { lineedit-clear-button-icon: url($clear); }
QLineEdit QToolButton, QWidget[bay="true"] QLineEdit QToolButton {
    background: transparent; border: 0; padding: 0; min-height: 0; }
QLineEdit[wrong="true"], QSpinBox[wrong="true"], QDoubleSpinBox[wrong="true"],
QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] { border-color: $trip; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    color: $edge; border-color: $line; }
QComboBox::drop-down, QDateEdit::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url($arrow_down); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $line; outline: 0;
    selection-background-color: $selected; selection-color: $text; }
QSpinBox::up-button, QDoubleSpinBox::up-button {
    subcontrol-origin: border; subcontrol-position: top right; width: 24px; border: 0; }
QSpinBox::down-button, QDoubleSpinBox::down-button {
    subcontrol-origin: border; subcontrol-position: bottom right; width: 24px; border: 0; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($arrow_up); width: 12px; height: 12px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
    image: url($arrow_down); width: 12px; height: 12px; }

QCheckBox, QRadioButton { color: $text; spacing: ${s}px; min-height: ${control}px; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 18px; height: 18px; border: 1px solid $edge; background: $surface; }
QCheckBox::indicator { border-radius: ${xs}px; }
QAbstractItemView::indicator {
    width: 14px; height: 14px; border: 1px solid $muted; background: $surface;
    border-radius: ${xs}px; }
QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: url($check); }
QRadioButton::indicator { border-radius: 10px; }
QCheckBox::indicator:checked {
    background: $accent; border-color: $accent; image: url($check); }
QRadioButton::indicator:checked {
    border-color: $accent;
    background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
        stop: 0 $accent, stop: 0.55 $accent, stop: 0.65 $surface, stop: 1 $surface); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus {
    border: 2px solid $focus; width: 16px; height: 16px; }

QListView, QTreeView, QTableView {
    background: $surface; color: $text; border: 1px solid $line; border-radius: ${radius}px;
    alternate-background-color: $raised; gridline-color: $line; outline: 0;
    selection-background-color: $selected; selection-color: $text; }
QListView:focus, QTreeView:focus, QTableView:focus { border-color: $focus; }
QListView::item, QTreeView::item { padding: ${xs}px ${s}px; min-height: 24px; }
QWidget[bay="true"] QListView::item, QWidget[bay="true"] QTreeView::item { min-height: 32px; }
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
    background: $selected; color: $text; }
QTableView[aligned="true"]::item { padding: 0 5px; }
QHeaderView { background: $surface; border: 0; }
QHeaderView::section {
    background: $surface; color: $muted; border: 0; border-bottom: 1px solid $line;
    padding: ${xs}px ${s}px; min-height: 24px; }
QTableCornerButton::section { background: $surface; border: 0; }

QMenu { background: $raised; color: $text; border: 1px solid $line; padding: ${xs}px; }
QMenu::item { padding: ${s}px ${xl}px ${s}px ${m}px; border-radius: ${xs}px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $edge; }
QMenu::separator { height: 1px; background: $line; margin: ${xs}px; }

QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar { background: transparent; border: 0; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $edge; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    width: 0; height: 0; background: transparent; border: 0; }

QProgressBar { background: $line; border: 0; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $text; width: 20px; margin: -8px 0; border-radius: 10px; }
QSlider::handle:horizontal:focus { border: 2px solid $focus; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QTabBar::tab {
    background: transparent; color: $muted; padding: ${s}px ${m}px; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $focus; }
QTabWidget::pane { border: 0; border-top: 1px solid $line; }

QFrame#rail { background: $surface; border: 0; border-right: 1px solid $line; }
QFrame#rail QLabel { color: $muted; font-size: ${small}px; font-weight: 500; }
QFrame#rail QScrollArea { border: 0; }
QFrame#rail QScrollBar:vertical { width: ${xs}px; }
QFrame#rail QScrollBar::handle { margin: 0; border-radius: 2px; background: $edge; }
QFrame#rail QToolButton {
    background: transparent; border: 0; border-radius: 0; color: $muted;
    border-left: 3px solid transparent; border-right: 3px solid transparent;
    font-size: ${small}px; padding: 0; min-height: ${control_bay_all}px; }
QFrame#rail QToolButton[low="true"] { min-height: 0; }
QFrame#rail[pinned="true"] QToolButton {
    font-size: ${body}px; padding: 0 ${m}px; text-align: left; }
QFrame#rail[pinned="true"] QLabel { padding-left: ${l}px; }
QFrame#rail QToolButton:hover { background: $hover; color: $text; }
QFrame#rail QToolButton:checked {
    background: $selected; color: $text; border-left-color: $accent; }
QFrame#rail QToolButton:disabled { color: $edge; }
QFrame#rail QToolButton:focus {
    border: 2px solid $focus; min-height: ${control_bay_focus}px; }
QFrame#rail QToolButton[low="true"]:focus { min-height: 0; }
QFrame#topBar { background: $surface; border: 0; border-bottom: 1px solid $line; }
QFrame#topBar QPushButton { min-height: ${control_bay}px; }
QFrame#topBar QPushButton:focus { min-height: ${control_bay_focus}px; }
QPushButton#worstAlarm { border-color: transparent; background: transparent; text-align: left; }
QPushButton#worstAlarm:hover { background: $hover; }
QFrame#topBar QPushButton#worstAlarm[level="warn"] {
    border: 2px solid $warn; padding: 0 ${m_focus}px; min-height: ${control_bay_focus}px; }
QFrame#topBar QPushButton#worstAlarm[level="trip"] {
    border: 2px solid $trip; padding: 0 ${m_focus}px; min-height: ${control_bay_focus}px; }
QPushButton#worstAlarm[level="warn"][asks="true"] {
    background: $warn; color: $on_state; font-weight: 500; }
QPushButton#worstAlarm[level="trip"][asks="true"] {
    background: $trip; color: $on_state; font-weight: 500; }
QFrame#topBar QPushButton#worstAlarm:focus {
    border: 2px solid $focus; padding: 0 ${m_focus}px; }
QFrame#tripStrip { border: 0; background: $trip; }
QFrame#tripStrip[level="warn"] { background: $warn; }
QFrame#tripStrip[asks="false"] {
    background: $surface; border: 0; border-top: 2px solid $trip; border-bottom: 2px solid $trip; }
QFrame#tripStrip QLabel { color: $on_state; font-size: ${title}px; }
QFrame#tripStrip[asks="false"] QLabel { color: $text; }
QFrame#tripStrip QLabel[part="toDo"] { font-size: ${title}px; font-weight: 500; }
QWidget#gate { background: $ground; }
QWidget#gate QPushButton[role="tile"] { text-align: left; padding: ${s}px ${l}px; }
QWidget#gate QPushButton[pad="true"] {
    font-size: ${title}px; min-height: ${pad}px; }
QFrame#statusBar { background: $surface; border: 0; border-top: 1px solid $line; }
QFrame#statusBar QAbstractButton {
    background: transparent; border: 0; border-radius: 0; color: $text; min-height: 0;
    padding: 0 ${m}px; text-align: left; }
QFrame#statusBar QAbstractButton:hover { background: $hover; }
QFrame#statusBar QAbstractButton:focus { border: 2px solid $focus; }
QFrame#statusBar QLabel { color: $muted; padding: 0 ${m}px; }
QFrame#banner { background: $raised; border: 0; border-bottom: 1px solid $line; }
QFrame#banner[tone="warning"] { border-left: 4px solid $warn; }
QFrame#banner[tone="error"] { border-left: 4px solid $trip; }
QFrame#banner QPushButton { min-height: 30px; }
QFrame#toast { background: $raised; border: 1px solid $edge; border-radius: ${radius}px; }
QFrame#finder { background: $raised; border: 1px solid $edge; border-radius: ${radius}px; }
QFrame#finder QLineEdit { font-size: ${bay_type}px; min-height: 42px; }
QFrame#finder QListView { border: 0; background: transparent; }
QWidget#shade { background: $shade; }
"""


def style_sheet(colors: Tokens, files: TintedFiles) -> str:
    """Return the style sheet of one theme; heights count the border, as people see them."""
    border, focus = Size.LINE, Size.FOCUS
    more = focus - border
    return Template(_SHEET).substitute(
        {name: getattr(colors, name) for name in Tokens.__slots__ if name != "series"},
        small=Type.SMALL,
        body=Type.BODY,
        bay_type=Type.BAY,
        title=Type.TITLE,
        reading=Type.READING,
        far=Type.READING_LARGE,
        xs=Space.XS,
        s=Space.S,
        m=Space.M,
        l=Space.L,
        xl=Space.XL,
        s_focus=Space.S - more,
        m_focus=Space.M - more,
        radius=Size.RADIUS,
        control=Size.CONTROL - 2 * border,
        control_focus=Size.CONTROL - 2 * focus,
        control_bay_all=Size.CONTROL_BAY,
        control_bay=Size.CONTROL_BAY - 2 * border,
        control_bay_focus=Size.CONTROL_BAY - 2 * focus,
        pad=Size.PAD_KEY - 2 * border,
        arrow_down=files.path("chevron-down", colors.muted),
        arrow_up=files.path("chevron-up", colors.muted),
        clear=files.path("close", colors.muted),
        check=files.path("check", colors.on_accent),
    )
