using Spectre.Console;

namespace Ingest.Cli;

/// <summary>Says on a terminal what a long command is doing; nothing where nobody looks.</summary>
internal static class Working
{
    /// <summary>Runs work that can say how far it is.</summary>
    /// <param name="first">What is said at first.</param>
    /// <param name="work">The work; may be called from any thread.</param>
    public static Task<T> WithAsync<T>(string first, Func<Action<string>, Task<T>> work) =>
        AnsiConsole.Profile.Capabilities.Interactive
            ? AnsiConsole.Status().StartAsync(first, status => work(text => status.Status(Markup.Escape(text))))
            : work(_ => { });
}
