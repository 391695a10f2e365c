# Stands for nixpkgs: the packages of packages.json, and functions that say what they were asked for instead of building.
{
  outputs =
    { self }:
    let
      lower = builtins.replaceStrings (letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (letters "abcdefghijklmnopqrstuvwxyz");
      letters = text: builtins.genList (place: builtins.substring place 1 text) (builtins.stringLength text);
      lib = {
        toLower = lower;
        licenses.mit = "MIT";
        genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
      };
      packagesFor =
        system:
        let
          # a derivation, so that a flake takes it for a package; `asked` is what the test looks at
          built =
            asked:
            derivation {
              name = "${asked.pname}-${asked.version}";
              inherit system;
              builder = "/bin/sh";
            }
            // { inherit asked; inherit (asked) pname version; };
          listed = builtins.mapAttrs (
            pname: version:
            if version == "broken" then throw "${pname} was taken out of nixpkgs" else built { inherit pname version; }
          ) (builtins.fromJSON (builtins.readFile ./packages.json));
        in
        {
          inherit lib;
          stdenv.hostPlatform = {
            inherit system;
            isLinux = builtins.match ".*-linux" system != null;
          };
          installShellFiles = "installShellFiles";
          autoPatchelfHook = "autoPatchelfHook";
          git = "git";
          gnumake = "gnumake";
          mkShell = asked: built (asked // { pname = "shell"; version = "1"; });
          python3Packages = listed // {
            buildPythonApplication = built;
            buildPythonPackage = built;
            fetchPypi = asked: asked;
          };
        };
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] packagesFor;
    };
}
