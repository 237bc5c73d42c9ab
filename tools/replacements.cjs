// Reads [{"old": template, "new": template}, ...] from standard input and answers, for each pair,
// what CloudFormation would do to each resource that differs. The differ is the one behind
// `cdk diff`: it knows which properties need a replacement, and follows references.
const { fullDiff } = require("@aws-cdk/cloudformation-diff");
const { readFileSync } = require("node:fs");

const impacts = ({ old, new: current }) => {
  const found = [];
  fullDiff(old, current).resources.forEachDifference((id, change) => {
    const properties = Object.entries(change.propertyUpdates)
      .filter(([, update]) => ["WILL_REPLACE", "MAY_REPLACE"].includes(update.changeImpact))
      .map(([name]) => name);
    found.push({ id, type: change.resourceType, impact: change.changeImpact, properties });
  });
  return found;
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(impacts)));
