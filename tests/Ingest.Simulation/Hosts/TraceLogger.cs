using Microsoft.Extensions.Logging;

namespace Ingest.Simulation;

/// <summary>Operational events go into the trace.</summary>
internal sealed class TraceLogger(Simulation simulation, SimProcess process) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        simulation.Note(process.Name, $"{formatter(state, exception)}{(exception is null ? "" : $" ({exception.Message})")}");
        if (eventId.Id == 111)
            simulation.Fail("no fault escapes", $"{process.Name}: {exception}");
    }
}
