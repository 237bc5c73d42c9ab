"""Sign-up, log-in and log-out with Django's session: an HttpOnly cookie and a CSRF token."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.serializers import (
    LogInSerializer,
    SessionSerializer,
    SignUpSerializer,
    UserSerializer,
)


@require_safe
def csrf(request: HttpRequest) -> JsonResponse:
    """The CSRF token, in the body and as a cookie: where a front end starts."""
    return JsonResponse({"csrfToken": get_token(request)})


# REST framework asks for the token only once somebody is logged in. Without this a foreign
# page could log a visitor in under the attacker's name.
@method_decorator(csrf_protect, name="dispatch")
class SessionView(APIView):
    permission_classes = (AllowAny,)

    def log_in(self, request: Request, user: User, status_code: int) -> Response:
        login(request._request, user)
        return Response({"user": UserSerializer(user).data}, status=status_code)


class SignUpView(SessionView):
    @extend_schema(request=SignUpSerializer, responses={201: SessionSerializer})
    def post(self, request: Request) -> Response:
        serializer = SignUpSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.log_in(request, serializer.save(), status.HTTP_201_CREATED)


class LogInView(SessionView):
    @extend_schema(request=LogInSerializer, responses={200: SessionSerializer})
    def post(self, request: Request) -> Response:
        serializer = LogInSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = authenticate(request, **serializer.validated_data)
        if user is None:
            raise ValidationError({"detail": "Wrong user name or password."})
        return self.log_in(request, user, status.HTTP_200_OK)


class LogOutView(SessionView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(SessionView):
    @extend_schema(responses={200: SessionSerializer})
    def get(self, request: Request) -> Response:
        user = UserSerializer(request.user).data if request.user.is_authenticated else None
        return Response({"user": user})
