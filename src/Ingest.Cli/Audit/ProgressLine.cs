using System.Globalization;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary>Shows how far an audit is: a line that changes on a terminal, else a line on standard error now and then.</summary>
internal static class ProgressLine
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    public static Task<AuditReport> RunAsync(Func<IProgress<AuditProgress>, Task<AuditReport>> audit)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive)
        {
            return AnsiConsole.Status().StartAsync(
                "Reading manifests and journal …",
                status => audit(new Told(progress => status.Status(Describe(progress)))));
        }

        var last = TimeProvider.System.GetTimestamp();
        return audit(new Told(progress =>
        {
            if (TimeProvider.System.GetElapsedTime(last) < Period)
                return;
            last = TimeProvider.System.GetTimestamp();
            Console.Error.WriteLine(Describe(progress));
        }));
    }

    private static string Describe(AuditProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Objects:N0} of {progress.AllObjects:N0} objects, {MiB(progress.Bytes):N1} of {MiB(progress.AllBytes):N1} MiB …");

    private static double MiB(long bytes) => bytes / (1024.0 * 1024);

    /// <summary>In order, on the thread that reports: a late word must not overwrite a newer one.</summary>
    private sealed class Told(Action<AuditProgress> tell) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => tell(value);
    }
}
