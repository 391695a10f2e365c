// Starts a Bluesky server (AT Protocol PDS) with its own directory of identities, on 127.0.0.1 only.
// node start.cjs MODULES FOLDER: the folder with node_modules, and one for data. Prints its address as JSON; stops
// when its input ends.
const crypto = require("node:crypto");
const net = require("node:net");
const path = require("node:path");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");

const [modules, data] = process.argv.slice(2);
const near = createRequire(path.join(modules, "package.json"));
const load = (name) => import(pathToFileURL(near.resolve(name)).href);

// Both servers listen on every interface and offer no way to say otherwise.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number" ? listen.call(this, port, "127.0.0.1", ...rest) : listen.call(this, port, ...rest);
};

const free = () =>
  new Promise((found) => {
    const probe = net.createServer().listen(0, () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });

(async () => {
  const { PlcServer, Database } = await load("@did-plc/server");
  const { PDS, envToCfg, envToSecrets, readEnv } = await load("@atproto/pds");
  const plcPort = await free();
  await PlcServer.create({ db: Database.mock(), port: plcPort }).start();
  Object.assign(process.env, {
    PDS_PORT: String(await free()),
    PDS_HOSTNAME: "localhost",
    PDS_DEV_MODE: "true",
    PDS_INVITE_REQUIRED: "false",
    PDS_DATA_DIRECTORY: data,
    PDS_BLOBSTORE_DISK_LOCATION: path.join(data, "blobs"),
    PDS_DID_PLC_URL: `http://127.0.0.1:${plcPort}`,
    PDS_JWT_SECRET: crypto.randomBytes(16).toString("hex"),
    PDS_ADMIN_PASSWORD: crypto.randomBytes(16).toString("hex"),
    PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: crypto.randomBytes(32).toString("hex"),
    LOG_ENABLED: "false",
  });
  const env = readEnv();
  const pds = await PDS.create(envToCfg(env), envToSecrets(env));
  await pds.start();
  process.stdout.write(JSON.stringify({ url: `http://127.0.0.1:${process.env.PDS_PORT}` }) + "\n");
  process.stdin.on("end", () => process.exit(0)).resume();
})().catch((error) => {
  process.stderr.write(`${error.stack || error}\n`);
  process.exit(1);
});
