"""Pictures made on the spot: no binary file lies in the repository."""

from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image, ImageCms, ImageDraw

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 180, 60), (40, 60, 200), (255, 255, 255)


def encode(image: Image.Image, format_: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def decode(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def photo(width: int = 640, height: int = 480) -> Image.Image:
    """Gradients with grain: compresses about as a photo does, and has far too many colours for a drawing."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    grain = Image.frombytes("L", (width, height), Random(7).randbytes(width * height))
    picture = Image.merge("RGB", (across, down, Image.blend(across, down, 0.5)))
    return Image.blend(picture, Image.merge("RGB", (grain, grain, grain)), 0.1)


def drawing(width: int = 400, height: int = 300) -> Image.Image:
    """A diagram: few colours, sharp edges."""
    image = Image.new("RGB", (width, height), WHITE)
    pen = ImageDraw.Draw(image)
    for step in range(0, width, 20):
        pen.line((step, 0, width - step, height), fill=BLUE, width=3)
    pen.rectangle((10, 10, width // 3, height // 3), fill=RED)
    return image


def quarters(width: int = 160, height: int = 120) -> Image.Image:
    """Red and green above, blue and white below: shows how a picture was turned."""
    image = Image.new("RGB", (width, height))
    x, y = width // 2, height // 2
    for colour, corner in ((RED, (0, 0)), (GREEN, (x, 0)), (BLUE, (0, y)), (WHITE, (x, y))):
        image.paste(colour, (*corner, corner[0] + x, corner[1] + y))
    return image


def corners(image: Image.Image) -> list[str]:
    """The nearest named colour in the middle of each quarter: upper left, upper right, lower left, lower right."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    image = image.convert("RGB")
    points = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]

    def nearest(point: tuple[int, int]) -> str:
        pixel = image.getpixel(point)
        return min(names, key=lambda name: sum(abs(a - b) for a, b in zip(names[name], pixel, strict=True)))

    return [nearest(point) for point in points]


def swapped_profile() -> bytes:
    """An RGB profile that takes red for green and green for red: sRGB with two of its primaries exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@cache  # the time of making is part of a profile
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def gps_exif(orientation: int = 1) -> Image.Exif:
    """EXIF of a camera that says where it was."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Example Camera"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    return exif
