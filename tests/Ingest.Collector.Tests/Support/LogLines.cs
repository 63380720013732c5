using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ingest.Collector.Tests;

/// <summary>Records log lines, and tells when one comes that a test waits for.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private volatile Expectation? _expected;
    private int _failures;

    public ConcurrentBag<string> Lines { get; } = [];

    public Task Expect(string text)
    {
        var expected = new Expectation(text, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _expected = expected;
        return expected.Seen.Task;
    }

    /// <summary>The next line is not taken but throws.</summary>
    public void FailOnce() => Interlocked.Increment(ref _failures);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Interlocked.Exchange(ref _failures, 0) > 0)
            throw new InvalidOperationException("This line was to fail.");
        var line = formatter(state, exception);
        Lines.Add(line);
        if (_expected is { } expected && line.Contains(expected.Text, StringComparison.Ordinal))
            expected.Seen.TrySetResult();
    }

    private sealed record Expectation(string Text, TaskCompletionSource Seen);
}
