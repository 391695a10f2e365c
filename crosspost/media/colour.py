"""Colours: every mode and profile becomes 8-bit sRGB, the only one all browsers and apps show the same way."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile

_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
# Corners and middles of the colour cube: a profile that leaves these unchanged is sRGB, whatever its name.
_SWATCHES = [(r, g, b) for r in (0, 64, 128, 192, 255) for g in (0, 64, 128, 192, 255) for b in (0, 64, 128, 192, 255)]
_INVISIBLE = 2  # steps of 255; profile makers round differently


def eight_bit(image: "Image") -> "Image":
    """Convert any mode Pillow decodes to L, RGB, RGBA or CMYK, all with 8 bits per channel.

    CMYK stays, because its profile applies to CMYK only; :func:`to_srgb` turns it into RGB.
    """
    if image.mode.startswith("I"):  # 16-bit grey; a plain conversion would clip everything above 255 to white
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A").getextrema()
        return image.convert("RGB") if alpha == (255, 255) else image
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "LA") else "RGB")


def to_srgb(image: "Image", icc: bytes | None) -> tuple["Image", bool]:
    """Convert an :func:`eight_bit` image to sRGB.

    :param icc: the embedded profile; like browsers, a broken profile or one for another mode is ignored
    :return: the image (L, RGB or RGBA), and whether its colours were converted
    """
    from PIL import ImageCms

    profile = _profile(icc)
    if profile is not None and _fits(profile, image):
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        try:
            converted = ImageCms.profileToProfile(
                image,
                profile,
                srgb,
                ImageCms.Intent.RELATIVE_COLORIMETRIC,
                mode,
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            return converted, True
    return (image.convert("RGB"), True) if image.mode == "CMYK" else (image, False)


def needs_conversion(image: "Image") -> bool:
    """Whether an undecoded image would look different without its profile, or is neither RGB nor grey."""
    if image.mode in ("CMYK", "LAB", "HSV"):
        return True
    profile = _profile(image.info.get("icc_profile"))
    return profile is not None and _applies(profile, image.mode) and not _is_srgb(profile)


def _profile(icc: bytes | None) -> "ImageCmsProfile | None":
    """The opened profile; None when there is none or it cannot be read."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc)) if icc else None
        # a damaged header is noticed only when it is read, and may not even be text
        return profile if profile is not None and profile.profile.xcolor_space else None
    except (OSError, ImageCms.PyCMSError, UnicodeDecodeError):
        return None


def _fits(profile: "ImageCmsProfile", image: "Image") -> bool:
    return _applies(profile, image.mode) and not _is_srgb(profile)


def _applies(profile: "ImageCmsProfile", mode: str) -> bool:
    """Whether a profile was made for a mode; palettes and transparent pictures contain RGB."""
    grey = mode in ("1", "L", "LA", "I;16")
    wanted = "L" if grey else "CMYK" if mode == "CMYK" else "RGB"
    return _PROFILE_MODES.get(profile.profile.xcolor_space) == wanted


def _is_srgb(profile: "ImageCmsProfile") -> bool:
    """Whether a profile is sRGB, by its effect and not by its name: names are translated and shortened."""
    from PIL import Image, ImageCms

    if _PROFILE_MODES.get(profile.profile.xcolor_space) != "RGB":
        return False
    swatches = Image.new("RGB", (len(_SWATCHES), 1))
    swatches.putdata(_SWATCHES)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    try:
        converted = ImageCms.profileToProfile(
            swatches,
            profile,
            srgb,
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return True  # it cannot be applied, so nothing changes without it
    if converted is None:
        return True
    pairs = zip(swatches.tobytes(), converted.tobytes(), strict=True)
    return all(abs(before - after) <= _INVISIBLE for before, after in pairs)
