from __future__ import annotations

from django.contrib import admin

from posts.models import DailyStatistic, Like, Post


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ("id", "author", "text", "image", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("author",)
    search_fields = ("text", "author__username")
    raw_id_fields = ("author",)
    readonly_fields = ("thumbnail",)


@admin.register(Like)
class LikeAdmin(admin.ModelAdmin):
    list_display = ("id", "user", "post", "created_at")
    list_select_related = ("user", "post", "post__author")
    raw_id_fields = ("user", "post")


@admin.register(DailyStatistic)
class DailyStatisticAdmin(admin.ModelAdmin):
    list_display = ("day", "posts", "likes", "sign_ups", "counted_at")
