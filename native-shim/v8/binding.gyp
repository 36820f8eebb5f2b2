{
  'targets': [
    {
      # One addon for each version of Node, side by side.
      'target_name': 'interfix_v8_<(node_module_version)',
      'sources': ['module.cc', 'functions.cc', 'invoke.cc', 'text.cc'],
      'cflags_cc': ['-Wall', '-Wextra', '-fvisibility=hidden'],
      'xcode_settings': {'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES', 'WARNING_CFLAGS': ['-Wall', '-Wextra']},
      # Node unloads an addon with the last worker that has loaded it; a function of ours may be running then.
      'conditions': [['OS == "linux"', {'ldflags': ['-Wl,-z,nodelete']}]],
    },
  ],
}
