// What every script is given (as JSON in the environment), and how it finds its client among the installed packages.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const access = JSON.parse(process.env.CLIENT_ACCESS);
export const load = createRequire(join(access.modules, "package.json"));
export const picture = readFileSync(access.picture);
export const TEXT = "Sommerfest & Musik 🎉 https://example.org/fest/?a=1&b=2 #Sommerfest";
export const tell = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

// The words of the error that `work` ends in, "" when it does not.
export async function refusal(work) {
  try {
    await work();
    return "";
  } catch (error) {
    return String(error.response?.data?.error ?? error.description ?? error.data?.detail ?? error.message);
  }
}
