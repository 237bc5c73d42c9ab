// Runs the provider framework's own runtime (the code that CDK deploys) with the AWS calls
// replaced: the user's function answers what the input says, the response is printed.
const path = require("node:path");
const Module = require("node:module");

const input = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.env.USER_ON_EVENT_FUNCTION_ARN = input.functionArn;
process.env.USER_IS_COMPLETE_FUNCTION_ARN = input.functionArn;
process.env.WAITER_STATE_MACHINE_ARN = "waiter";
console.log = () => {};

// The Lambda runtime brings the AWS SDK; nothing of it is called here.
const load = Module._load;
Module._load = (name, ...rest) => (name.startsWith("@aws-sdk/") ? {} : load(name, ...rest));

const outbound = require(path.join(input.runtime, "outbound.js"));
const framework = require(path.join(input.runtime, "framework.js"));
const printed = {};
outbound.invokeFunction = async () => ({
  FunctionError: input.error ? "Unhandled" : undefined,
  Payload: Buffer.from(JSON.stringify(input.error ?? input.result)),
});
outbound.startExecution = async (request) => {
  printed.waiterInput = JSON.parse(request.input);
};
outbound.httpRequest = async (_options, body) => {
  printed.body = body;
};

framework[input.handler](input.event).then(
  () => process.stdout.write(JSON.stringify(printed)),
  (error) => process.stdout.write(JSON.stringify({ ...printed, retry: error.constructor.name })),
);
