{
  'targets': [
    {
      'target_name': 'interfix',
      'sources': [
        'shim.c', 'arguments.c', 'table.c', 'environment.c', 'quarantine.c',
        'callbacks.c', 'entering.c', 'invocations.c', 'contexts.c', 'records.c', 'reports.c', 'queue.c', 'serving.c',
        'calls.c', 'async.c',
      ],
      'defines': ['NAPI_VERSION=8'],
      'cflags': ['-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden'],
      'xcode_settings': {
        'GCC_C_LANGUAGE_STANDARD': 'c11',
        'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
        'WARNING_CFLAGS': ['-Wall', '-Wextra'],
      },
      # Visual Studio 2022 17.5 or newer: <stdatomic.h> still needs a flag of its own there.
      'msvs_settings': {
        'VCCLCompilerTool': {'AdditionalOptions': ['/std:c11', '/experimental:c11atomics']},
      },
      'conditions': [
        ['OS == "linux"', {'sources': ['pages_posix.c', 'library_posix.c', 'thread_posix.c', 'sync_posix.c']}],
        ['OS == "mac"', {'sources': ['pages_darwin.c', 'library_posix.c', 'thread_posix.c', 'sync_posix.c']}],
        ['OS == "win"', {'sources': ['pages_windows.c', 'library_windows.c', 'thread_windows.c', 'sync_windows.c']}],
      ],
    },
  ],
}
