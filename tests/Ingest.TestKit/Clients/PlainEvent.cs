using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.TestKit;

/// <summary>What is wrong with a plain event.</summary>
public enum PlainFlaw
{
    None,

    /// <summary>JSON that its schema refuses.</summary>
    Invalid,

    /// <summary>Text that ends in the middle.</summary>
    NotJson,
}

/// <summary>
/// An event of plain JSON. Every byte of it follows from its id and its flaw, so that the lake can be held to each one.
/// </summary>
/// <param name="Id">Its event id.</param>
/// <param name="Flaw">What is wrong with it.</param>
/// <param name="FillerBytes">Bytes that make it larger, rounded up: base64, which compresses to three quarters.</param>
public sealed record PlainEvent(string Id, PlainFlaw Flaw = PlainFlaw.None, int FillerBytes = 0)
{
    /// <summary>The rule that an event with the flaw <see cref="PlainFlaw.Invalid"/> breaks.</summary>
    public const string InvalidRule = "iglu:com.acme/signup/jsonschema/1-0-0#/properties/age/maximum";

    /// <summary>The event as it is sent, on one line.</summary>
    public string Text
    {
        get
        {
            var random = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Id)));
            var age = Flaw == PlainFlaw.Invalid ? 151 + (random % 1000) : random % 151;
            var plan = (random % 3) switch { 0 => "free", 1 => "team", _ => "company" };
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                {"event_id":"{{Id}}","name":"signup","occurred_at":"2026-11-21T20:15:0{{random % 10}}Z","schema":"iglu:com.acme/signup/jsonschema/1-0-0","data":{"user":"Zoë \u0041 \"{{random:x}}\"","plan":"{{plan}}","age":{{age}}},"note":"{{random * 31:x}}{{Filler()}}"}
                """);
            return Flaw == PlainFlaw.NotJson ? text[..^(int)(1 + (random % 20))] : text;
        }
    }

    public ExpectedEvent Expected => Flaw switch
    {
        PlainFlaw.None => new(Id, "good", null, Difference),
        PlainFlaw.Invalid => new(Id, "quarantine", InvalidRule, Difference),
        _ => throw new InvalidOperationException("An event that is not JSON has no id of its own."),
    };

    private string Filler()
    {
        var text = new StringBuilder(FillerBytes);
        for (var part = 0; text.Length < FillerBytes; part++)
            text.Append(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id}/{part}")))));
        return text.ToString();
    }

    private string? Difference(LakeLine line) => line.Sent == Text ? null : $"is {line.Sent}, not {Text}";
}
