using System.Text.Json;

namespace Ingest.Cli;

/// <summary>Which journal a command was told to look at.</summary>
/// <param name="Postgres">Connection string as given; null where none was.</param>
/// <param name="Data">The data folder as given.</param>
/// <param name="IsDataGiven">Whether it was given.</param>
internal sealed record JournalChoice(string? Postgres, string Data, bool IsDataGiven)
{
    /// <summary>True where none was named, and none is where one is looked for unless told otherwise.</summary>
    public bool IsNone()
    {
        if (Postgres is not null || IsDataGiven)
            return false;
        try
        {
            return JournalOptions.Find(null, Data, isDataGiven: false, DataFolder.Read(Data), new List<string>()) is null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // There is something, and opening it says what is wrong with it.
            return false;
        }
    }
}
