"""Which names the application answers to, and whether browsers reach it over HTTPS."""

from __future__ import annotations

from urllib.parse import urlsplit

from backend.settings import env


def frontend_origin() -> str:
    """FRONTEND_URL without its path; empty when there is none."""
    url = urlsplit(env.text("FRONTEND_URL"))
    return f"{url.scheme}://{url.netloc}" if url.netloc else ""


def allowed_hosts() -> list[str]:
    """ALLOWED_HOSTS, else everything under ZONE_NAME."""
    zone = env.text("ZONE_NAME").strip(".")
    return env.names("ALLOWED_HOSTS") or ([f".{zone}"] if zone else [])


def trusted_origins() -> list[str]:
    """Whose forms and scripts may post: CSRF_TRUSTED_ORIGINS and the front end."""
    origins = [*env.names("CSRF_TRUSTED_ORIGINS"), frontend_origin()]
    return list(dict.fromkeys(origin for origin in origins if origin))


def served_over_https() -> bool:
    """True when every origin in CSRF_TRUSTED_ORIGINS (without it: the front end's) is https.

    Secure cookies and the redirect to HTTPS hang on this, so that a deployment without a domain,
    reachable over plain HTTP only, can still log in.
    """
    origins = env.names("CSRF_TRUSTED_ORIGINS") or [frontend_origin()]
    return all(origin.startswith("https://") for origin in origins)
