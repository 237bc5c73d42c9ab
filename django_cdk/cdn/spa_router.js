// Runs at CloudFront for every request that belongs to the single-page application, and only there:
// the API's own 404 and 403 never pass through it.
//
// A path whose last part has no file extension is a route of the application: it gets index.html.
// /.well-known/ is left alone, for its files have no extension and must not become the application.
function handler(event) {
  var request = event.request;
  var uri = request.uri;
  if (uri.startsWith('/.well-known/')) {
    return request;
  }
  var last = uri.substring(uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
