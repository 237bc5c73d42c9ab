"""Posts as JSON, and what may come in."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from accounts.serializers import UserSerializer
from posts import images, uploads
from posts.models import Post
from posts.publish import publish


class PostSerializer(serializers.ModelSerializer):
    author = UserSerializer(read_only=True)
    image_key = serializers.CharField(
        write_only=True, required=False, help_text="The key of a direct upload, instead of image."
    )
    like_count = serializers.IntegerField(read_only=True)
    liked_by_me = serializers.BooleanField(read_only=True)

    class Meta:
        model = Post
        fields = (
            "id",
            "author",
            "text",
            "image",
            "image_key",
            "thumbnail",
            "created_at",
            "like_count",
            "liked_by_me",
        )
        read_only_fields = ("thumbnail",)

    def validate_image(self, image: UploadedFile | None) -> UploadedFile | None:
        if image:
            found = images.check(image, image.size)
            # The stored type and ending are what the file is, not what the browser called it.
            image.content_type, ending = images.FORMATS[found]
            image.name = str(PurePosixPath(image.name).with_suffix(ending))
        return image

    def validate_image_key(self, key: str) -> str:
        if not uploads.available():
            raise serializers.ValidationError("Direct uploads are not available here.")
        return key

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("image") and attrs.get("image_key"):
            raise serializers.ValidationError("Send either image or image_key.")
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Post:
        author = self.context["request"].user
        image = validated_data.get("image") or ""
        if key := validated_data.get("image_key"):
            try:
                image = uploads.claim(author, key)
            except DjangoValidationError as error:
                raise serializers.ValidationError({"image_key": error.messages}) from error
        return publish(author, validated_data["text"], image)


class LikesSerializer(serializers.ModelSerializer):
    like_count = serializers.IntegerField(read_only=True)
    liked_by_me = serializers.BooleanField(read_only=True)

    class Meta:
        model = Post
        fields = ("like_count", "liked_by_me")


class UploadSerializer(serializers.Serializer):
    filename = serializers.CharField(
        max_length=255, help_text="As on the user's disk. The stored name is random."
    )
    content_type = serializers.ChoiceField(choices=list(images.ENDINGS))


class SignedFormSerializer(serializers.Serializer):
    """A form for the bucket: post `fields` and, last, `file` to `url`."""

    url = serializers.URLField()
    fields = serializers.DictField(child=serializers.CharField())
    key = serializers.CharField()
