// Runs one CloudFront Function: reads its code, then events, as lines of JSON; answers each event.
// The function's world holds the language and nothing else: no require, no process, no network,
// no timers. CloudFront's runtime 2.0 is an older language than Node's, which a test can't show here.
"use strict";
const readline = require("node:readline");
const vm = require("node:vm");

let handler;
readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const message = JSON.parse(line);
  let answer;
  try {
    if (message.code !== undefined) {
      const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
      vm.runInContext(`"use strict";\n${message.code}`, context, { timeout: 1000 });
      handler = vm.runInContext("handler", context);
      answer = { ready: true };
    } else {
      answer = { result: await handler(message.event) };
    }
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
