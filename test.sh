#!/usr/bin/env bash
# Sets up what is missing, builds everything and runs every test. Needs the .NET SDK; on Debian and Ubuntu it installs the OpenCL
# platform PoCL, which the GPU kernels are tested on, and a linker for native code. The last line printed is: N passed, N failed, N skipped
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_TieredPGO=0 # most of the tests' code runs a few times only: to profile it costs a quarter of the time

have_opencl() { # a loader and at least one platform that it can find
  [[ -n $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep -F libOpenCL.so.1 || true) ]] && compgen -G "${OCL_ICD_VENDORS:-/etc/OpenCL/vendors}/*.icd" >/dev/null
}

have_linker() { command -v clang >/dev/null || command -v gcc >/dev/null; }

install() { # packages of Debian and Ubuntu
  local sudo=()
  command -v apt-get >/dev/null || return 1
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || return 1
    sudo=(sudo -n)
  fi
  "${sudo[@]}" apt-get update -qq || echo "test.sh: the package lists could not be refreshed; trying with those at hand." >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

have_opencl || install pocl-opencl-icd ocl-icd-libopencl1 >&2 || true
if ! have_opencl; then
  echo "test.sh: no OpenCL platform is installed and it could not be installed from here, so the tests of the GPU target cannot run." >&2
  echo "test.sh: as an administrator with a network: apt-get install pocl-opencl-icd ocl-icd-libopencl1" >&2
  exit 1
fi
have_linker || install gcc libc6-dev >&2 || echo "test.sh: neither clang nor gcc is there, so the test of native code is skipped." >&2

# PoCL 3.1 (Debian 12) reads 900 kB of declarations for every kernel, which is half of its time. The kernels need these; macros put them in front of
# each kernel instead, since the driver lets no other option through. A macro has no blanks: empty comments stand for them.
declare_builtins() {
  local overloaded='__attribute__((overloadable))' text='' name type
  local constant="$overloaded __attribute__((const))" convergent="$overloaded __attribute__((convergent))"
  for name in get_global_id get_local_id get_group_id get_global_size get_local_size get_num_groups; do text+="size_t $constant $name(uint);"; done
  text+="void $convergent barrier(cl_mem_fence_flags);"
  text+="void $convergent work_group_barrier(cl_mem_fence_flags);void $convergent work_group_barrier(cl_mem_fence_flags,memory_scope);"
  for type in float double; do
    for name in isnan isinf isfinite; do text+="int $constant $name($type);"; done
    for name in fabs sqrt rsqrt cbrt exp exp2 log log2 log10 sin cos tan asin acos atan sinh cosh tanh floor ceil trunc rint round; do text+="$type $constant $name($type);"; done
    for name in pow atan2 fmin fmax fmod remainder copysign; do text+="$type $constant $name($type,$type);"; done
    text+="$type $constant fma($type,$type,$type);"
  done
  for type in int uint long ulong; do
    for name in popcount clz ctz; do text+="$type $constant $name($type);"; done
    for name in min max; do text+="$type $constant $name($type,$type);"; done
    text+="u${type#u} $constant abs($type);"
  done
  export POCL_EXTRA_BUILD_FLAGS="-D_OPENCL_H_ -Dkernel=__kernel -D__kernel=${text// //**/}__kernel"
}
if [[ $(dpkg-query -W -f '${Version}' libpocl2 2>/dev/null || true) == 3.1-* ]]; then declare_builtins; fi

dotnet build Compiler.sln -c Release -warnaserror --nologo -v quiet

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# A part of the tests: a project, or what a filter picks of it. The corpus on the GPU target waits for the driver, which compiles one kernel after another:
# its halves run in a process each, whose kernels no other one reads or writes.
parts=(tests/Generator.Tests 'tests/Runtime.Tests FullyQualifiedName~CorpusGpuTests' 'tests/Runtime.Tests FullyQualifiedName~CorpusGpuOtherTests' 'tests/Runtime.Tests FullyQualifiedName!~CorpusGpu')
for project in tests/*.Tests; do
  if [[ $project != tests/@(Runtime|Generator).Tests ]]; then parts+=("$project"); fi
done

run() { # a part; prints what its tests said at the end, so that two can run beside each other
  local project filter status=0 log
  read -r project filter <<<"$1"
  log=$(mktemp "$logs/XXXXXX")
  mkdir "$log.kernels"
  POCL_CACHE_DIR="$log.kernels" dotnet test "$project" -c Release --no-build --nologo ${filter:+--filter "$filter"} >"$log" 2>&1 || status=$?
  # One summary line per test assembly: "Passed!  - Failed: 0, Passed: 12, Skipped: 0, Total: 12, Duration: 1 s - Name.dll (net10.0)"
  grep -E 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+, Total: +[0-9]+' "$log" | tail -n 1 >"$log.summary" || true
  echo "$status" >"$log.status"
  printf '== %s\n%s\n' "$1" "$(cat "$log")"
}
export -f run
export logs
printf '%s\n' "${parts[@]}" | xargs -d '\n' -P 2 -I {} bash -c 'run "{}"' # the longest come first

passed=0 failed=0 skipped=0 trouble=0 ran=0
for summary in "$logs"/*.summary; do
  count() { sed -nE "s/.*$1: +([0-9]+).*/\1/p" "$summary"; }
  if [[ ! -s $summary || $(count Total) == 0 ]]; then
    echo "test.sh: a part ran no tests." >&2
    trouble=1
    continue
  fi
  ran=$((ran + 1)) passed=$((passed + $(count Passed))) failed=$((failed + $(count Failed))) skipped=$((skipped + $(count Skipped)))
  if [[ $(cat "${summary%.summary}.status") != 0 ]]; then trouble=1; fi
done
if [[ $ran != "${#parts[@]}" ]]; then trouble=1; fi

echo "$passed passed, $failed failed, $skipped skipped"
[[ $trouble == 0 && $failed == 0 ]]
