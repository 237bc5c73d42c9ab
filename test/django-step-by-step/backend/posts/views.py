"""The posts API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, parsers, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from posts import uploads
from posts.models import Like, Post
from posts.serializers import (
    LikesSerializer,
    PostSerializer,
    SignedFormSerializer,
    UploadSerializer,
)


class DeletedByAuthorOnly(permissions.BasePermission):
    def has_object_permission(self, request: Request, view: APIView, post: Post) -> bool:
        return request.method != "DELETE" or post.author_id == request.user.pk


class PostViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet,
):
    queryset = Post.objects.all()
    serializer_class = PostSerializer
    parser_classes = (parsers.MultiPartParser, parsers.FormParser, parsers.JSONParser)
    permission_classes = (permissions.IsAuthenticatedOrReadOnly, DeletedByAuthorOnly)

    def get_queryset(self) -> QuerySet[Post]:
        return super().get_queryset().seen_by(self.request.user)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        post = self.get_queryset().get(pk=serializer.save().pk)
        return Response(self.get_serializer(post).data, status=status.HTTP_201_CREATED)

    @extend_schema(methods=["POST"], request=None, responses=LikesSerializer)
    @extend_schema(methods=["DELETE"], responses={200: LikesSerializer})
    @action(
        detail=True,
        methods=["post", "delete"],
        permission_classes=[permissions.IsAuthenticated],
    )
    def like(self, request: Request, pk: str) -> Response:
        """Likes or no longer likes the post; doing it twice changes nothing."""
        post = self.get_object()
        if request.method == "POST":
            Like.objects.get_or_create(post=post, user=request.user)
        else:
            Like.objects.filter(post=post, user=request.user).delete()
        return Response(LikesSerializer(self.get_object()).data)

    @extend_schema(
        request=UploadSerializer,
        responses={
            201: SignedFormSerializer,
            501: OpenApiResponse(description="Files are on disk here: post the image itself."),
        },
    )
    @action(detail=False, methods=["post"], permission_classes=[permissions.IsAuthenticated])
    def uploads(self, request: Request) -> Response:
        """A signed form with which the browser sends an image to the bucket itself."""
        serializer = UploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if not uploads.available():
            detail = "Direct uploads need S3, which is not set up here: send image with the post."
            return Response({"detail": detail}, status=status.HTTP_501_NOT_IMPLEMENTED)
        form = uploads.signed_form(request.user, serializer.validated_data["content_type"])
        return Response(SignedFormSerializer(form).data, status=status.HTTP_201_CREATED)
