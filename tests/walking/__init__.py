"""Walking through the pages as people do: by plain requests, in a browser, without JavaScript, by keyboard alone."""
