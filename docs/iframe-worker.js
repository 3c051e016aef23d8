// The search runs in a Worker, which browsers refuse to pages that are opened as files. There, the
// worker's script runs in a hidden frame instead, and messages go through events.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      this.ready = new Promise((resolve, reject) => {
        document.addEventListener("DOMContentLoaded", start.bind(this));
        if (document.readyState !== "loading") start.call(this);
        function start() {
          if (frame.isConnected) return;
          document.body.append(frame);
          const inner = frame.contentWindow;
          inner.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }));
          inner.importScripts = (...sources) => Promise.all(sources.map(one => load(inner, one)));
          load(inner, address).then(() => resolve(inner), reject);
        }
      });
    }
    postMessage(data) {
      this.ready.then(inner => inner.dispatchEvent(new inner.MessageEvent("message", { data })));
    }
    terminate() {}
  };
}

function load(inner, address) {
  return new Promise((resolve, reject) => {
    const script = inner.document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    inner.document.body.append(script);
  });
}
