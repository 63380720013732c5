using Microsoft.Extensions.Logging;

namespace Ingest.Silo;

/// <summary>
/// Ends a silo that the cluster cannot use any more, with a sentence for the operator and an exit code of its own, where
/// Orleans would leave a dump of the process.
/// </summary>
internal sealed partial class FatalErrors(ILogger<FatalErrors> logger) : IFatalErrorHandler
{
    /// <summary>Exit code of a silo that was declared dead, or whose part in the cluster failed: start it again.</summary>
    public const int ExitCode = 4;

    private const string DeclaredDead = "I have been told I am dead";

    // Above what ending takes; then it is ended in whatever way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private int _isEnding;

    public bool IsUnexpected(Exception exception) => exception is not ThreadInterruptedException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0)
            return;
        LogFatal(exception, context);
        // The console's logger writes later, and may not come to it.
        Console.Error.WriteLine(context?.StartsWith(DeclaredDead, StringComparison.Ordinal) == true
            ? "The other silos could not reach this one and declared it dead, so it ends now. Nothing that it answered is lost: the others go on from the journal, which kept this silo from writing what they wrote. Start it again."
            : $"This silo's part in the cluster failed, so it ends now: {context} {exception?.Message}. Nothing that it answered is lost. Start it again.");
        Console.Error.Flush();
        new Thread(EndAfterPatience) { IsBackground = true }.Start();
        Environment.Exit(ExitCode);
    }

    private static void EndAfterPatience()
    {
        Thread.Sleep(Patience);
        Environment.FailFast("The silo did not end.");
    }

    [LoggerMessage(350, LogLevel.Error, "This silo ends: {Context}")]
    private partial void LogFatal(Exception? exception, string? context);
}
