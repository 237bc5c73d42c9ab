"""The same posts through GraphQL, with the same session and CSRF token."""

from __future__ import annotations

from datetime import datetime

import strawberry
import strawberry_django
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from graphql import GraphQLError
from strawberry.extensions import MaxAliasesLimiter, QueryDepthLimiter
from strawberry.types import ExecutionContext, Info

from posts import models
from posts.publish import publish

PAGE_SIZE = 50


@strawberry_django.type(User, fields=["id", "username"])
class Author:
    pass


@strawberry_django.type(models.Post)
class Post:
    id: strawberry.auto
    author: Author
    text: strawberry.auto
    created_at: datetime
    like_count: int
    liked_by_me: bool

    @strawberry_django.field(only=["image"])
    def image(self) -> str | None:
        return self.image.url if self.image else None

    @strawberry_django.field(only=["thumbnail"])
    def thumbnail(self) -> str | None:
        return self.thumbnail.url if self.thumbnail else None


def _posts(info: Info) -> QuerySet[models.Post]:
    return models.Post.objects.seen_by(info.context.request.user)


def _post(info: Info, pk: strawberry.ID | int) -> models.Post | None:
    return _posts(info).filter(pk=pk).first() if str(pk).isdecimal() else None


def _existing(info: Info, pk: strawberry.ID) -> models.Post:
    if post := _post(info, pk):
        return post
    raise GraphQLError(f"There is no post {pk}.")


def _user(info: Info) -> User:
    user = info.context.request.user
    if not user.is_authenticated:
        raise GraphQLError("Log in first.")
    return user


@strawberry.type
class Query:
    @strawberry_django.field
    def posts(self, info: Info, limit: int = 10, offset: int = 0) -> list[Post]:
        first = max(offset, 0)
        return _posts(info)[first : first + min(max(limit, 0), PAGE_SIZE)]

    @strawberry_django.field
    def post(self, info: Info, id: strawberry.ID) -> Post | None:
        return _post(info, id)

    @strawberry_django.field
    def me(self, info: Info) -> Author | None:
        user = info.context.request.user
        return user if user.is_authenticated else None


@strawberry.type
class Mutation:
    @strawberry_django.mutation
    def create_post(self, info: Info, text: str) -> Post:
        post = models.Post(author=_user(info), text=text.strip())
        try:
            post.clean_fields()
        except ValidationError as error:
            raise GraphQLError(" ".join(error.messages)) from error
        return _post(info, publish(post.author, post.text).pk)

    @strawberry_django.mutation
    def like_post(self, info: Info, id: strawberry.ID) -> Post:
        models.Like.objects.get_or_create(post=_existing(info, id), user=_user(info))
        return _existing(info, id)

    @strawberry_django.mutation
    def unlike_post(self, info: Info, id: strawberry.ID) -> Post:
        models.Like.objects.filter(post=_existing(info, id), user=_user(info)).delete()
        return _existing(info, id)


class Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Logs what broke here; what a caller did wrong is only the answer's business."""
        broken = [error for error in errors if not _callers_fault(error)]
        if broken:
            super().process_errors(broken, execution_context)


def _callers_fault(error: GraphQLError) -> bool:
    return error.original_error is None or isinstance(error.original_error, GraphQLError)


schema = Schema(
    query=Query,
    mutation=Mutation,
    extensions=[
        lambda: QueryDepthLimiter(max_depth=8),
        lambda: MaxAliasesLimiter(max_alias_count=15),
    ],
)
