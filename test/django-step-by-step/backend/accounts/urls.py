from __future__ import annotations

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-up/", views.SignUpView.as_view(), name="sign-up"),
    path("log-in/", views.LogInView.as_view(), name="log-in"),
    path("log-out/", views.LogOutView.as_view(), name="log-out"),
    path("me/", views.MeView.as_view(), name="me"),
]
