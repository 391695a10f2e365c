# crosspost with Nix: `nix run`, `nix profile install`, or an input of your own flake (`crosspost help running`).
#
# No flake.lock lies beside this file: the lock of your own flake says which nixpkgs is taken, and a checkout makes one
# with its first `nix build`. What is asked for stands in pyproject.toml alone; this file reads it there.
{
  description = "Says what your website publishes on every network you are on, exactly once";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      pyproject = builtins.fromTOML (builtins.readFile ./pyproject.toml);
      inherit (pyproject) project;
      version = builtins.head (builtins.match ".*__version__ = \"([^\"]+)\".*" (builtins.readFile ./crosspost/__init__.py));
      # what nixpkgs lacks, or had too old: wheels, with the versions and hashes of requirements.txt
      wheels = builtins.fromTOML (builtins.readFile ./config/nix-wheels.toml);

      # "Mastodon.py>=2.1.4" → { name = "mastodon-py"; least = "2.1.4"; below = null; }
      requirement =
        text:
        let
          form = "([A-Za-z0-9._-]+)(\\[[a-z,]+])?(>=([0-9.]+))?(,<([0-9.]+))?(;sys_platform=='win32')?";
          part = builtins.elemAt (builtins.match form (builtins.replaceStrings [ " " ] [ "" ] text));
        in
        {
          name = builtins.replaceStrings [ "." "_" ] [ "-" "-" ] (nixpkgs.lib.toLower (part 0));
          least = if part 3 == null then "0" else part 3;
          below = part 5;
          windows = part 6 != null;
        };
      requirements = texts: builtins.filter (one: !one.windows) (map requirement texts);

      # the extras of `crosspost[all]`
      extras = builtins.filter builtins.isString (
        builtins.split "," (builtins.head (builtins.match "crosspost\\[(.*)]" (builtins.head project.optional-dependencies.all)))
      );

      make =
        pkgs:
        let
          python = pkgs.python3Packages;
          inherit (pkgs.stdenv.hostPlatform) system isLinux;

          # a package that was taken out of nixpkgs, or does not work there, throws when it is looked at
          there = name: python ? ${name} && (builtins.tryEval (builtins.isString python.${name}.outPath)).success;
          fits =
            wanted: package:
            builtins.compareVersions package.version wanted.least >= 0
            && (wanted.below == null || builtins.compareVersions package.version wanted.below < 0);

          fromWheel =
            name:
            let
              said = wheels.${name};
              file = said.files.any or said.files.${system};
            in
            python.buildPythonPackage {
              pname = name;
              inherit (said) version;
              format = "wheel";
              src = python.fetchPypi {
                pname = builtins.replaceStrings [ "-" ] [ "_" ] name;
                inherit (said) version;
                format = "wheel";
                dist = file.python;
                inherit (file) python abi platform sha256;
              };
              nativeBuildInputs = if isLinux && !(said.files ? any) then [ pkgs.autoPatchelfHook ] else [ ];
              dependencies = map (text: need (requirement text)) said.needs;
            };

          # null: neither nixpkgs nor a wheel has it
          take =
            wanted:
            let
              inherit (wanted) name;
            in
            if there name && fits wanted python.${name} then
              python.${name}
            else if wheels ? ${name} && (wheels.${name}.files ? any || wheels.${name}.files ? ${system}) then
              fromWheel name
            else
              null;
          need =
            wanted:
            let
              taken = take wanted;
            in
            if taken == null then
              throw "crosspost: nixpkgs has no ${wanted.name} ${wanted.least} or newer. Take a newer nixpkgs."
            else
              taken;

          packagesOf = extra: map take (requirements project.optional-dependencies.${extra});
          whole = extra: !(builtins.elem null (packagesOf extra));
          told =
            extra:
            whole extra
            || builtins.trace "crosspost is built without the extra ${extra}: this nixpkgs lacks one of ${
              builtins.concatStringsSep ", " project.optional-dependencies.${extra}
            }" false;
        in
        python.buildPythonApplication {
          pname = project.name;
          inherit version;
          pyproject = true;
          src = self;
          build-system = map need (requirements pyproject.build-system.requires);
          dependencies =
            map need (requirements project.dependencies)
            ++ builtins.concatMap packagesOf (builtins.filter told extras);

          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = ''
            for shell in bash zsh fish; do $out/bin/crosspost completion $shell > crosspost.$shell; done
            installShellCompletion crosspost.bash crosspost.fish --zsh --name _crosspost crosspost.zsh
          '';

          # the samples go to the sandbox on this machine, once
          __darwinAllowLocalNetworking = true;
          checkPhase = ''
            export HOME=$TMPDIR
            $out/bin/crosspost --version | grep -F ${version}
            $out/bin/crosspost demo
          '';
          pythonImportsCheck = [ "crosspost" ];

          meta = {
            inherit (project) description;
            license = pkgs.lib.licenses.mit;
            mainProgram = "crosspost";
          };
        };
    in
    {
      packages = forEach (pkgs: {
        default = make pkgs;
      });

      apps = forEach (pkgs: {
        default = {
          type = "app";
          program = "${make pkgs}/bin/crosspost";
        };
      });

      checks = forEach (pkgs: {
        default = make pkgs;
      });

      # Python with all that crosspost needs, for work on crosspost itself
      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          inputsFrom = [ (make pkgs) ];
          packages = [ pkgs.git pkgs.gnumake ];
        };
      });
    };
}
