namespace Ingest.TestKit;

/// <summary>Whether tests of several minutes are to be run, and random histories at their full length.</summary>
public static class LongRun
{
    /// <summary>True with <c>INGEST_TEST_LONG=1</c>.</summary>
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable("INGEST_TEST_LONG") == "1";
}
