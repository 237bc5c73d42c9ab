document.body.dataset.router = location.pathname
