using System.Runtime.InteropServices;

namespace Ingest.Cli;

/// <summary>SIGTERM and Ctrl-C ask for a stop in good order; a second one asks to hurry.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopRequests() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
    ];

    /// <summary>Completes at the first request.</summary>
    public Task Asked => _asked.Task;

    /// <summary>What to do at the second request.</summary>
    public Action AtOnce { get; set; } = () => { };

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_asked.TrySetResult())
            AtOnce();
    }
}
