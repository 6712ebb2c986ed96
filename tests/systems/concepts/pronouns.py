"""What "it", "that idea" and the like stand for in forty short conversations, written before anything was tuned.

Each case: what was heard (>) and said (<), then the words with the pronoun, then a word for what it stands for.
`TUNE` served to choose constants; `ASIDE` was kept for the figure.
"""

TUNE = [
    ("> I bought a new bicycle yesterday. < Nice! The weather is perfect for riding.", "How fast is it?", "bicycle"),
    ("> We went to Paris last summer. < Lovely. Did you try the bread there?", "that city", "paris"),
    ("> My dog ran away this morning. > We looked in the park and behind the school.", "it", "dog"),
    ("> I have an idea for the garden. < Tell me. > We could plant tomatoes along the wall.", "that idea", "idea"),
    ("> The kitchen is a mess. < Then let us talk about the concert. > The concert was wonderful.", "it", "concert"),
    ("> Anna gave me a book for my birthday. < Anna is so kind.", "Have you read it?", "book"),
    ("> The apples are in the basket on the table.", "Are they ripe?", "apple"),
    ("> My brother collects stamps. < That sounds like a fine hobby.", "How old are they?", "stamp"),
    ("> There was a fox in the yard last night. > The neighbours left their door open.", "that animal", "fox"),
    ("> We saw a movie about the sea. < Who was in the cast? > Some famous actor.", "Was it any good?", "movie"),
    ("> I am reading about the moon. < The moon is far away. > My teacher has a telescope.", "that machine", "telescope"),
    ("> Coffee keeps me awake. < Me too. > My boss drinks six cups a day.", "Do you like it?", "coffee"),
    ("> I lost my keys on the train. < Oh no. Did you call the station?", "Did you find them?", "key"),
    ("> The violin is hard to learn. < Practice helps. > My mother plays the piano.", "that instrument", "piano"),
    ("> Our house is near the river. < Does the river flood? > In spring the water rises.", "that building", "house"),
    ("> I planted a rose and an oak. < Flowers need sun.", "that tree", "oak"),
    ("> My phone is broken. < Take it to the shop. > The shop closed last week.", "that place", "shop"),
    ("> Berlin is exciting. < I prefer small villages. > My aunt lives in Berlin.", "this city", "berlin"),
    ("> I heard a strange song on the radio. < What kind? > Slow, with drums.", "I like it.", "song"),
    ("> The doctor gave me some pills. < Good. Doctors know best.", "Do they help?", "pill"),
]  # fmt: skip

ASIDE = [
    ("> I adopted a cat last week. < How sweet! Is there a garden for walks?", "What does it eat?", "cat"),
    ("> My parents moved to Rome. < The food must be great. > They love the pasta.", "that city", "rome"),
    ("> The soup needs salt. < There is some pepper too. > The soup is almost ready.", "Is it hot?", "soup"),
    ("> I want to sell my car. < Why? > The engine makes a noise.", "What colour is it?", "car"),
    ("> My friend has a theory about dreams. < Interesting. > She wrote about sleep for years.", "that theory", "theory"),
    ("> The birds are building a nest in our tree.", "Can you hear them?", "bird"),
    ("> We found a snake in the garage. < Were you scared? > The garage was dark.", "that animal", "snake"),
    ("> I made a cake for the party. < Who is coming to the party? > My cousins and Tom.", "Can I taste it?", "cake"),
    ("> The hotel was old. < And the beach? > The beach was full of people. < Back to the hotel, then.",
     "How much did it cost?", "hotel"),
    ("> My sister plays the guitar. < I like music. > She practises in the cellar.", "that instrument", "guitar"),
    ("> Those shoes hurt my feet. < Then take a taxi.", "Where did you buy them?", "shoe"),
    ("> The exam was terrible. < What about lunch? > Lunch was fine, a sandwich.", "that meal", "lunch"),
    ("> My uncle told me a story about a ghost. < I love a good story.", "How did it end?", "story"),
    ("> There is a museum near the bridge. < What does it show? > Mostly old trains.", "this place", "museum"),
    ("> I dropped my laptop in the bath. < Did you dry it?", "Does it still work?", "laptop"),
    ("> We grow carrots and potatoes. < Rabbits love carrots. > The rabbits ate all of the carrots.",
     "those animals", "rabbit"),
    ("> The storm broke our window. < Is the roof all right? > Yes, only the window.", "Can it be repaired?", "window"),
    ("> I am afraid of flying. < The plane is safer than the car. > The plane shook so much.", "that vehicle", "plane"),
    ("> Let me tell you about my plan. < Please do. > First we paint the fence, then the gate.",
     "What do you think of that plan?", "plan"),
    ("> Peter lent me his camera. < Peter takes good pictures.", "Is it heavy?", "camera"),
]  # fmt: skip
