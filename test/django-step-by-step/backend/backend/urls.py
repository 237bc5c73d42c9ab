"""All addresses of the micro-blog. The API's end in a slash."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from strawberry.django.views import GraphQLView

from accounts.views import csrf
from backend import errors, health
from backend.storage import from_bucket
from posts.graphql import schema

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-docs")),
    path("admin/", admin.site.urls),
    path("api/health-check/ready/", health.ready, name="ready"),
    path("api/csrf/", csrf, name="csrf"),
    path("api/auth/", include("accounts.urls")),
    path("api/posts/", include("posts.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    # Before DEBUG's own page and the slash redirect get at it: the API never answers HTML.
    re_path(r"^api(/.*)?$", errors.not_found),
    path(
        "graphql/",
        # The IDE loads its scripts from a foreign CDN: for development only.
        GraphQLView.as_view(schema=schema, graphql_ide="graphiql" if settings.DEBUG else None),
        name="graphql",
    ),
]

if settings.STORAGES["staticfiles"]["BACKEND"] == "backend.storage.StaticStorage":
    urlpatterns.append(path("static/<path:path>", from_bucket, name="static"))

if settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
    # Uploads are on this disk. Only images that Pillow could read are stored, under names of
    # our own, so it is safe (if slow) to serve them from here in production too.
    urlpatterns.append(
        path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media")
    )

handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.server_error
