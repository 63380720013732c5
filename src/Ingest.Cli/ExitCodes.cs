namespace Ingest.Cli;

/// <summary>Exit codes of the commands, so that scripts can tell a bad answer from no answer.</summary>
internal static class ExitCodes
{
    public const int Good = 0;

    /// <summary>The command worked, and its answer is bad: something is missing, the server cannot store.</summary>
    public const int Bad = 1;

    /// <summary>The command could not find out.</summary>
    public const int NoAnswer = 2;
}
